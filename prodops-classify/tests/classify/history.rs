//! A repository of generated content: every sort of change that git counts in its own way.

use prodops_core::entropy::Entropy;
use prodops_core::testing::SeededEntropy;

/// Writes histories as input of `git fast-import`.
pub(crate) struct Generator {
    entropy: SeededEntropy,
    stream: Vec<u8>,
    files: Vec<File>,
    names: u32,
}

struct File {
    path: Vec<u8>,
    mode: &'static str,
    content: Vec<u8>,
}

const SUBMODULE: &str = "160000";
const LINK: &str = "120000";

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self { entropy: SeededEntropy::new(seed), stream: Vec::new(), files: Vec::new(), names: 0 }
    }

    /// A history with this many commits, one after the other.
    pub(crate) fn history(mut self, commits: u32) -> Vec<u8> {
        for number in 0..commits {
            let header = format!(
                "commit refs/heads/main\ncommitter A <a@example.org> {} +0000\ndata 2\nc\n",
                1_700_000_000 + number
            );
            self.stream.extend(header.into_bytes());
            for _ in 0..1 + self.below(4) {
                self.step();
            }
        }
        self.stream
    }

    /// A number below `limit`.
    fn below(&self, limit: usize) -> usize {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes).unwrap();
        (u64::from_le_bytes(bytes) % limit as u64) as usize
    }

    fn step(&mut self) {
        if self.files.len() < 12 || self.below(12) == 0 {
            return self.add();
        }
        let chosen = self.below(self.files.len());
        if self.below(25) == 0 {
            let gone = self.files.remove(chosen);
            let line = [b"D ", &quoted(&gone.path)[..], b"\n"].concat();
            return self.stream.extend(line);
        }
        let mut file = self.files.remove(chosen);
        self.change(&mut file);
        self.write(file);
    }

    fn add(&mut self) {
        self.names += 1;
        let mut path = format!("dir{}/file{}", self.names % 5, self.names).into_bytes();
        if self.below(5) == 0 {
            path.extend(b" \xff\xe9\"\t");
        }
        let (mode, content) = match self.below(12) {
            0 => ("100644", Vec::new()),
            1 => ("100644", self.binary()),
            2 => (LINK, format!("target{}", self.names).into_bytes()),
            3 => (SUBMODULE, self.commit_id()),
            4 => ("100755", self.text(30)),
            _ => ("100644", {
                let lines = 1 + self.below(700);
                self.text(lines)
            }),
        };
        self.write(File { path, mode, content });
    }

    fn write(&mut self, file: File) {
        let start = format!("M {} ", file.mode);
        self.stream.extend(start.into_bytes());
        if file.mode == SUBMODULE {
            self.stream.extend(&file.content);
            self.stream.push(b' ');
            self.stream.extend(quoted(&file.path));
        } else {
            self.stream.extend(b"inline ");
            self.stream.extend(quoted(&file.path));
            self.stream.extend(format!("\ndata {}\n", file.content.len()).into_bytes());
            self.stream.extend(&file.content);
        }
        self.stream.push(b'\n');
        self.files.push(file);
    }

    fn change(&mut self, file: &mut File) {
        if file.mode == SUBMODULE {
            return file.content = self.commit_id();
        }
        match self.below(16) {
            0 => file.mode = if file.mode == "100644" { "100755" } else { "100644" },
            1 => file.mode = if file.mode == LINK { "100644" } else { LINK },
            2 => file.content = self.binary(),
            3 => file.content.clear(),
            4 => file.content = carriage_returns(&file.content),
            5 => {
                // Takes off the last line end, or puts one on.
                if file.content.pop() != Some(b'\n') {
                    file.content.push(b'\n');
                }
            }
            _ => file.content = self.edit(&file.content),
        }
        if file.mode == LINK {
            file.content.retain(|byte| *byte != 0);
            file.content.push(b'x');
        }
    }

    fn edit(&self, content: &[u8]) -> Vec<u8> {
        let mut lines: Vec<Vec<u8>> =
            content.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        for _ in 0..1 + self.below(6) {
            let (from, length) = (self.below(lines.len() + 1), self.below(40));
            let to = (from + length).min(lines.len());
            match self.below(6) {
                0 => drop(lines.drain(from..to)),
                1 => drop(lines.splice(from..to, (0..length).map(|_| self.line()))),
                2 => drop(lines.splice(from..from, (0..length).map(|_| self.line()))),
                3 => {
                    let block: Vec<_> = lines.drain(from..to).collect();
                    let at = self.below(lines.len() + 1);
                    drop(lines.splice(at..at, block));
                }
                4 => {
                    let block = lines[from..to].to_vec();
                    let at = self.below(lines.len() + 1);
                    drop(lines.splice(at..at, block));
                }
                _ => lines[from..to].reverse(),
            }
        }
        lines.concat()
    }

    fn text(&self, lines: usize) -> Vec<u8> {
        (0..lines).flat_map(|_| self.line()).collect()
    }

    /// A line that occurs all over, or often, or once.
    fn line(&self) -> Vec<u8> {
        match self.below(10) {
            0..=1 => b"\n".to_vec(),
            2..=3 => b"}\n".to_vec(),
            4 => b"    return value;\n".to_vec(),
            5..=6 => format!("    call({});\n", self.below(30)).into_bytes(),
            7 => format!("caf\u{e9} {}\r\n", self.below(300)).into_bytes(),
            _ => format!("line {}\n", self.below(1 << 40)).into_bytes(),
        }
    }

    fn binary(&self) -> Vec<u8> {
        let mut bytes = self.text(5);
        // Sometimes so late that git does not see it.
        let at = if self.below(4) == 0 { 9_000 } else { 100 };
        bytes.resize(bytes.len().max(at), b'.');
        bytes.push(0);
        bytes
    }

    fn commit_id(&self) -> Vec<u8> {
        format!("{:040x}", 1 + self.below(1 << 50)).into_bytes()
    }
}

fn carriage_returns(content: &[u8]) -> Vec<u8> {
    let lines = content.split_inclusive(|byte| *byte == b'\n');
    lines
        .flat_map(|line| line.strip_suffix(b"\n").map_or(line.to_vec(), |text| [text, b"\r\n"].concat()))
        .collect()
}

fn quoted(path: &[u8]) -> Vec<u8> {
    let escaped = path.iter().flat_map(|byte| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'/' => vec![*byte],
        other => format!("\\{other:03o}").into_bytes(),
    });
    [b'"'].into_iter().chain(escaped).chain([b'"']).collect()
}
