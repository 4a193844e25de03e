//! Blocks in files of made-up tokens, whose grams are kept as winnowing keeps them.

use prodops_core::fact::{
    Artefact, CommitFact, ContentKey, CountState, CoverageFact, Entity, FileChange, FileStatus, PathKey,
    RepositoryFact, TipFile, TipGram, TipGrams,
};
use prodops_core::id::{ConnectionId, RepositoryId};
use prodops_core::time::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::window::{Preset, time_zone};

const GRAM: usize = 16;
const WINDOW: usize = 16;
const TOKENS_IN_LINE: u32 = 8;

fn repository(number: u8) -> RepositoryId {
    RepositoryId::from_bytes([number; 16])
}

/// Numbers that follow from one, each as good as random.
fn tokens(seed: u64, count: usize) -> Vec<u64> {
    let mixed = |n: u64| {
        let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        n ^ (n >> 31)
    };
    (0..count as u64).map(|n| mixed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(n))).collect()
}

/// Of every window of grams the smallest one, the last of equals.
fn file(repository: RepositoryId, path: u64, tokens: &[u64]) -> TipFile {
    let hash = |gram: &[u64]| {
        gram.iter().fold(7u64, |sum, token| (sum ^ token).wrapping_mul(0x9fb2_1c65_1e98_df25).rotate_left(29))
    };
    let grams: Vec<u64> = tokens.windows(GRAM).map(hash).collect();
    let window = WINDOW.min(grams.len().max(1));
    let least = |at: usize| (at..at + window).min_by_key(|at| (grams[*at], usize::MAX - at)).unwrap();
    let mut kept: Vec<usize> = (0..(grams.len() + 1).saturating_sub(window)).map(least).collect();
    kept.dedup();
    let gram = |at: usize| TipGram {
        value: grams[at] as u32,
        token: at as u32,
        line: 1 + at as u32 / TOKENS_IN_LINE,
    };
    TipFile {
        repository,
        path: PathKey(path),
        content: ContentKey(0),
        artefact: Artefact::Code,
        language: None,
        counted: CountState::Counted,
        lines: (tokens.len() as u32).div_ceil(TOKENS_IN_LINE),
        grams: TipGrams::pack(kept.into_iter().map(gram)),
    }
}

fn found(files: &[TipFile], commits: &[CommitFact]) -> Duplicates {
    let now = Timestamp::from_seconds(1_700_000_000).unwrap();
    let connection = ConnectionId::from_bytes([9; 16]);
    let coverage = CoverageFact {
        connection,
        repository: repository(1),
        entity: Entity::TipFile,
        from: None,
        to: now,
        gaps: Vec::new(),
    };
    let repositories: [RepositoryFact; 0] = [];
    let facts = FactSet { repositories: &repositories, commits, coverage: &[coverage], ..FactSet::default() };
    let window = Window::preset(Preset::Last90Days, now, time_zone("UTC").unwrap()).unwrap();
    duplicates(&facts, files, &window, &ReportOptions::new(now), repository(1))
}

fn share(found: &Duplicates) -> (u64, u64) {
    match found.lines.reading.value() {
        Some(MetricValue::Share(share)) => (share.numerator(), share.denominator()),
        other => panic!("{other:?}"),
    }
}

fn commit(number: u8, repository: RepositoryId, paths: &[u64], seconds: i64) -> CommitFact {
    use prodops_core::fact::{CommitId, CommitWork};
    use prodops_core::time::OffsetTimestamp;
    let at = OffsetTimestamp { at: Timestamp::from_seconds(seconds).unwrap(), offset_minutes: 0 };
    let change = |path: &u64| FileChange {
        path: PathKey(*path),
        status: FileStatus::Modified,
        artefact: Artefact::Code,
        language: None,
        added: 1,
        deleted: 0,
        counted: CountState::Counted,
        turnover: None,
        complexity: None,
    };
    CommitFact {
        repository,
        id: CommitId::Sha1([number; 20]),
        parents: Vec::new(),
        author: None,
        authored: at,
        committer: None,
        committed: at,
        bot: false,
        label: None,
        model: None,
        changes: paths.iter().map(change).collect(),
        work: CommitWork::default(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Every common run of 80 tokens is found, wherever it stands. Before its first gram are 15 tokens at most, and as many after its
    /// last one, with which, 16 tokens on, no shortest block need end.
    #[test]
    fn a_copy_of_eighty_tokens_is_found(
        length in 80usize..400,
        before in prop::collection::vec(0usize..200, 3),
        seed in any::<u64>(),
        same_file in any::<bool>(),
    ) {
        let copy = tokens(seed, length);
        let place = |n: usize| [tokens(seed ^ (n as u64 + 1), before[n]), copy.clone(), tokens(seed ^ (n as u64 + 77), 40)].concat();
        let files = if same_file {
            vec![file(repository(1), 1, &[place(0), place(1)].concat())]
        } else {
            vec![file(repository(1), 1, &place(0)), file(repository(2), 2, &place(1)), file(repository(1), 3, &tokens(!seed, 300))]
        };
        let found = found(&files, &[]);
        prop_assert_eq!(found.hot_spots.len(), 1);
        let spot = &found.hot_spots[0];
        prop_assert_eq!((spot.copies, found.blocks), (2, 1));
        prop_assert!(spot.tokens as usize <= length && spot.tokens as usize + 15 + 31 >= length, "{}", spot.tokens);
        let first = spot.places[0];
        prop_assert!(first.from > before[0] as u32 / TOKENS_IN_LINE, "{first:?}");
        prop_assert!(first.to <= 1 + (before[0] + length - 1) as u32 / TOKENS_IN_LINE, "{first:?}");
    }

    #[test]
    fn what_has_nothing_in_common_has_no_block(seed in any::<u64>(), lengths in prop::collection::vec(0usize..600, 1..6)) {
        let made = |(n, length): (usize, &usize)| file(repository(1), n as u64, &tokens(seed ^ n as u64, *length));
        let files: Vec<TipFile> = lengths.iter().enumerate().map(made).collect();
        let found = found(&files, &[]);
        prop_assert_eq!((found.hot_spots.len(), found.blocks), (0, 0));
        match found.lines.reading {
            Reading::Value(MetricValue::Share(share)) => prop_assert_eq!(share.numerator(), 0),
            other => prop_assert_eq!(other, Reading::Nothing),
        }
    }
}

#[test]
fn a_block_within_a_block_is_another_one_and_neither_is_cut() {
    let whole = tokens(1, 600);
    let files = [
        file(repository(1), 1, &whole),
        file(repository(1), 2, &[tokens(2, 100), whole.clone()].concat()),
        file(repository(1), 3, &[tokens(3, 70), whole[200..400].to_vec(), tokens(4, 90)].concat()),
    ];
    let found = found(&files, &[]);
    let told: Vec<(u64, bool)> =
        found.hot_spots.iter().map(|spot| (spot.copies, spot.tokens >= 570)).collect();
    assert_eq!(told, [(2, true), (3, false)]);
    let (duplicated, lines) = share(&found);
    assert_eq!(lines, 75 + 88 + 45);
    assert!((165..=177).contains(&duplicated), "{duplicated}");
}

#[test]
fn what_repeats_itself_at_once_is_a_list() {
    let list: Vec<u64> = tokens(5, 4).into_iter().cycle().take(2_000).collect();
    let files = [file(repository(1), 1, &list), file(repository(1), 2, &list)];
    assert_eq!((share(&found(&files, &[])).0, found(&files, &[]).blocks), (0, 0));
}

#[test]
fn what_repeats_itself_over_long_stretches_stands_beside_itself() {
    let stanza = tokens(6, 150);
    let found = found(&[file(repository(1), 1, &stanza.repeat(5))], &[]);
    assert!(found.hot_spots.iter().any(|spot| spot.copies >= 4), "{:?}", found.hot_spots);
    for spot in &found.hot_spots {
        // A line may be shared by two that meet in it.
        let apart = |pair: &[Place]| pair[0].to <= pair[1].from;
        assert!(spot.places.windows(2).all(apart), "{spot:?}");
    }
}

#[test]
fn copies_that_cost_work_come_first_and_commits_count_once() {
    let (cold, hot) = (tokens(1, 900), tokens(2, 200));
    let files = [
        file(repository(1), 1, &cold),
        file(repository(1), 2, &cold),
        file(repository(1), 3, &hot),
        file(repository(2), 4, &hot),
    ];
    let now = 1_700_000_000;
    let commits = [
        commit(1, repository(1), &[3], now - 100),
        commit(2, repository(2), &[4], now - 90),
        commit(3, repository(1), &[3, 9], now - 80),
        commit(4, repository(1), &[3, 3], now - 400 * 86_400),
        commit(5, repository(2), &[3], now - 70),
        CommitFact { bot: true, ..commit(6, repository(1), &[1, 2], now - 60) },
    ];
    let spots = found(&files, &commits).hot_spots;
    let told: Vec<(u64, u64)> = spots.iter().map(|spot| (spot.places[0].path.0, spot.commits)).collect();
    assert_eq!(told, [(3, 3), (1, 0)]);
}

#[test]
fn what_is_not_source_or_was_not_read_is_told() {
    let text = tokens(1, 300);
    let whole = file(repository(1), 1, &text);
    let files = [
        whole.clone(),
        TipFile { path: PathKey(2), artefact: Artefact::Vendored, ..whole.clone() },
        TipFile { path: PathKey(3), artefact: Artefact::Docs, ..whole.clone() },
        TipFile { path: PathKey(4), counted: CountState::TooLarge, ..whole.clone() },
        TipFile { path: PathKey(5), counted: CountState::Unreadable, ..whole },
    ];
    let result = found(&files, &[]);
    assert_eq!(share(&result), (0, 38));
    let reasons: Vec<_> = result.lines.excluded.iter().collect();
    let one = |reason| (reason, 1);
    use Exclusion::{NoSource, SeparatedFile, TooLargeFile, UnreadableFile};
    assert_eq!(reasons, [SeparatedFile, NoSource, TooLargeFile, UnreadableFile].map(one));

    assert_eq!(found(&[], &[]).lines.reading, Reading::Nothing);
    let facts = FactSet::default();
    let now = Timestamp::from_seconds(1_700_000_000).unwrap();
    let window = Window::preset(Preset::Last90Days, now, time_zone("UTC").unwrap()).unwrap();
    let unread = duplicates(&facts, &files, &window, &ReportOptions::new(now), repository(1));
    assert_eq!(unread.lines.reading.unknown(), Some(Unknown::NotRead { entity: Entity::TipFile }));
}

#[test]
fn twenty_thousand_equal_files_cost_no_more_than_their_length() {
    let one = file(repository(1), 0, &tokens(1, 200));
    let files: Vec<TipFile> =
        (0..20_000).map(|path| TipFile { path: PathKey(path), ..one.clone() }).collect();
    let found = found(&files, &[]);
    assert_eq!((found.hot_spots.len(), found.blocks), (1, 1));
    assert_eq!((found.hot_spots[0].copies, found.hot_spots[0].places.len()), (20_000, MOST_PLACES));
    let (duplicated, lines) = share(&found);
    assert!(lines == 500_000 && duplicated > 400_000, "{duplicated} of {lines}");
}

#[test]
fn where_there_is_no_room_for_all_the_rest_is_told() {
    let made = |n: u64| file(repository(1), n, &tokens(n, 400));
    let files: Vec<TipFile> = (0..10).map(made).collect();
    let each = files[0].grams.iter().count();
    let corpus = Corpus::new(&files, repository(1), each * 5);
    let (n, excluded) = counted(&files, repository(1), &corpus);
    let beyond = excluded.count(Exclusion::BeyondComparison);
    assert!((4..=6).contains(&beyond), "{beyond}");
    assert_eq!(n, 50 * (10 - beyond));
}
