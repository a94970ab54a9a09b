//! Which share of the files a machine runs, and a shuffled order that a seed repeats. Never looks into
//! a file.

/// `--shard=INDEX/COUNT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    pub index: usize,
    /// How many machines share the files.
    pub count: usize,
}

impl Shard {
    /// Reads `2/5`.
    pub fn parse(text: &str) -> Option<Self> {
        let (index, count) = text.split_once('/')?;
        let shard = Self {
            index: index.trim().parse().ok()?,
            count: count.trim().parse().ok()?,
        };
        (shard.index >= 1 && shard.index <= shard.count).then_some(shard)
    }
}

/// The files of one shard. Files go round the shards in their order, so shards differ by one file at most
/// and neighbours, which tend to be alike, are spread.
pub fn shard<T>(files: Vec<T>, shard: Shard) -> Vec<T> {
    let mine = |index: &usize| index % shard.count == shard.index - 1;
    files
        .into_iter()
        .enumerate()
        .filter(|(index, _)| mine(index))
        .map(|(_, file)| file)
        .collect()
}

/// Shuffles by Fisher and Yates with the generator of the worker (`features/crust_test_api/js/random.ts`).
pub fn shuffle<T>(items: &mut [T], seed: u32) {
    let mut state = seed;
    for last in (1..items.len()).rev() {
        let bound = u64::try_from(last + 1).unwrap_or(1);
        let pick = (u64::from(next(&mut state)) * bound) >> 32;
        items.swap(last, usize::try_from(pick).unwrap_or(0));
    }
}

/// Mulberry32.
fn next(state: &mut u32) -> u32 {
    *state = state.wrapping_add(0x6d2b_79f5);
    let mut mixed = (*state ^ (*state >> 15)).wrapping_mul(*state | 1);
    mixed ^= mixed.wrapping_add((mixed ^ (mixed >> 7)).wrapping_mul(mixed | 0x3d));
    mixed ^ (mixed >> 14)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_cover_everything_once() {
        let files: Vec<u32> = (0..23).collect();
        let mut all: Vec<u32> = (1..=4)
            .flat_map(|index| shard(files.clone(), Shard { index, count: 4 }))
            .collect();
        all.sort_unstable();
        assert_eq!(all, files);
    }

    #[test]
    fn a_shard_is_read() {
        assert_eq!(Shard::parse("2/3"), Some(Shard { index: 2, count: 3 }));
        for bad in ["0/3", "4/3", "1", "a/b", "1/0", ""] {
            assert_eq!(Shard::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_seed_repeats_its_order() {
        let order = |seed| {
            let mut items: Vec<u32> = (0..50).collect();
            shuffle(&mut items, seed);
            items
        };
        assert_eq!(order(7), order(7));
        assert_ne!(order(7), order(8));
        let mut sorted = order(7);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<u32>>());
    }
}
