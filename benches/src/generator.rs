//! A seeded history in the input language of `git fast-import`: the same bytes for the same seed, everywhere.

/// One commit in this many has a side branch that the next commit merges.
const SIDE: u32 = 24;

const FOLDERS: [(&str, &str); 6] =
    [("src", "rs"), ("src/api", "rs"), ("tests", "rs"), ("docs", "md"), ("web", "ts"), ("config", "toml")];
const WORDS: [&str; 24] = [
    "let", "value", "=", "self", ".", "store", "(", ")", "?", ";", "match", "result", "{", "}", "if",
    "return", "commit", "page", "&", "fn", "->", "u64", "request", "filter",
];
const SUBJECTS: [&str; 8] = [
    "feat: add",
    "fix: correct",
    "Fix",
    "Refactor",
    "docs: describe",
    "test: cover",
    "chore: update",
    "Rename",
];

/// Writes histories.
#[derive(Debug)]
pub struct Generator {
    state: u64,
    stream: Vec<u8>,
    files: Vec<File>,
    names: u32,
    mark: u32,
}

#[derive(Debug)]
struct File {
    path: String,
    lines: Vec<String>,
}

impl File {
    fn write(&self, stream: &mut Vec<u8>) {
        let length: usize = self.lines.iter().map(|line| line.len() + 1).sum();
        stream.extend(format!("M 644 inline {}\ndata {length}\n", self.path).into_bytes());
        for line in &self.lines {
            stream.extend(line.as_bytes());
            stream.push(b'\n');
        }
        stream.push(b'\n');
    }
}

impl Generator {
    /// A generator that starts from this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed, stream: Vec::new(), files: Vec::new(), names: 0, mark: 0 }
    }

    /// A history of exactly this many commits on `main`.
    #[must_use]
    pub fn history(mut self, commits: u32) -> Vec<u8> {
        while self.mark < commits {
            if self.mark > 1 && self.mark.is_multiple_of(SIDE) && self.mark + 2 <= commits {
                self.side_branch();
            } else {
                self.commit();
            }
        }
        self.stream.extend(b"done\n");
        self.stream
    }

    /// A commit on the main line: mostly one to four files, now and then a wide one.
    fn commit(&mut self) {
        self.header("refs/heads/main", &[self.mark]);
        let files = if self.below(40) == 0 { 12 } else { 1 + self.below(4) };
        for _ in 0..files {
            self.change();
        }
    }

    /// A commit beside the last one that adds a file, and the merge that brings it in.
    fn side_branch(&mut self) {
        let last = self.mark;
        let file = self.file();
        self.header("refs/heads/side", &[last.saturating_sub(1)]);
        file.write(&mut self.stream);
        let side = self.mark;
        self.header("refs/heads/main", &[last, side]);
        file.write(&mut self.stream);
        self.files.push(file);
    }

    fn header(&mut self, branch: &str, parents: &[u32]) {
        self.mark += 1;
        let author = self.below(30);
        let message = format!("{} {}\n", self.pick(&SUBJECTS), self.line().trim());
        let time = 1_600_000_000 + u64::from(self.mark) * 7_200;
        let mut text = format!(
            "commit {branch}\nmark :{}\ncommitter Author {author} <author{author}@example.org> {time} +0000\n\
             data {}\n{message}",
            self.mark,
            message.len(),
        );
        for (position, parent) in parents.iter().filter(|parent| **parent > 0).enumerate() {
            let word = if position == 0 { "from" } else { "merge" };
            text.push_str(&format!("{word} :{parent}\n"));
        }
        self.stream.extend(text.into_bytes());
    }

    fn change(&mut self) {
        if self.files.len() < 40 || self.below(10) == 0 {
            let file = self.file();
            file.write(&mut self.stream);
            return self.files.push(file);
        }
        // Squared: a few files change again and again, as they do in real histories.
        let share = self.below(1_000) * self.below(1_000);
        let chosen = self.files.len() * share / 1_000_000;
        let mut file = self.files.swap_remove(chosen);
        for _ in 0..1 + self.below(5) {
            let from = self.below(file.lines.len() + 1);
            let to = (from + self.below(6)).min(file.lines.len());
            let new: Vec<String> = (0..self.below(9)).map(|_| self.line()).collect();
            file.lines.splice(from..to, new);
        }
        file.write(&mut self.stream);
        self.files.insert(chosen.min(self.files.len()), file);
    }

    /// A new file: mostly 20 to 300 lines, one in twenty up to 2,000.
    fn file(&mut self) -> File {
        self.names += 1;
        let (folder, extension) = self.pick(&FOLDERS);
        let path = format!("{folder}/part{}/file{}.{extension}", self.names % 9, self.names);
        let lines = if self.below(20) == 0 { 300 + self.below(1_700) } else { 20 + self.below(280) };
        File { path, lines: (0..lines).map(|_| self.line()).collect() }
    }

    /// A line of 0 to 12 words; one in eight is empty.
    fn line(&mut self) -> String {
        if self.below(8) == 0 {
            return String::new();
        }
        let mut line = "    ".repeat(self.below(4));
        for _ in 0..1 + self.below(12) {
            line.push_str(self.pick(&WORDS));
            line.push(' ');
        }
        // Most lines of real sources occur once.
        line.push_str(&format!("{:x}", self.next() >> 40));
        line
    }

    fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        from.get(self.below(from.len())).copied().unwrap_or_default()
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_history() {
        let history = Generator::new(1).history(100);
        assert_eq!(history, Generator::new(1).history(100));
        assert_ne!(history, Generator::new(2).history(100));
        let marks =
            String::from_utf8(history).unwrap().lines().filter(|line| line.starts_with("mark :")).count();
        assert_eq!(marks, 100);
    }
}
