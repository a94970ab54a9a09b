//! Which place the next file goes to. Pure, so that it can be tried without processes.

/// The only worker has the next files before it asks, so that it does not wait for us between two.
const AHEAD: usize = 16;
/// One of several has this many.
const LEAST_AHEAD: usize = 2;

/// How many files a place has at a time. Nobody takes back what a worker was given: where there are
/// several, or files that must not wait behind another (`one_by_one`), it is given little.
pub(super) fn ahead(places: usize, one_by_one: bool) -> usize {
    if one_by_one {
        1
    } else if places > 1 {
        LEAST_AHEAD
    } else {
        AHEAD
    }
}

/// The place for the next of `waiting` files: the one with the fewest, the first of several. `held`: how many
/// files each place has, `None` for one that takes no more now. While fewer files wait than there are places,
/// no place gets a second one that another could soon begin.
pub(super) fn place(held: &[Option<usize>], ahead: usize, waiting: usize) -> Option<usize> {
    let has_room = |files: usize| files < ahead && (files == 0 || waiting >= held.len());
    let open = held.iter().enumerate().filter_map(|(index, files)| {
        files
            .filter(|files| has_room(*files))
            .map(|files| (files, index))
    });
    open.min().map(|(_, index)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Deals as long as there is room; which files each place has then.
    fn dealt(places: usize, files: usize, one_by_one: bool) -> Vec<Vec<usize>> {
        let mut held = vec![Vec::new(); places];
        for file in 0..files {
            let counts: Vec<_> = held
                .iter()
                .map(|files: &Vec<_>| Some(files.len()))
                .collect();
            match place(&counts, ahead(places, one_by_one), files - file) {
                Some(index) => held[index].push(file),
                None => break,
            }
        }
        held
    }

    #[test]
    fn slow_files_that_stand_together_come_to_several_workers() {
        // Were a place filled before the next one, the first four would run one after another.
        assert_eq!(dealt(4, 100, false), [[0, 4], [1, 5], [2, 6], [3, 7]]);
        assert_eq!(dealt(2, 3, false), [vec![0], vec![1]]);
        assert_eq!(dealt(3, 2, false), [vec![0], vec![1], vec![]]);
    }

    #[test]
    fn the_only_worker_has_its_files_early() {
        assert_eq!(dealt(1, 100, false)[0].len(), AHEAD);
        assert_eq!(dealt(1, 100, true)[0].len(), 1);
    }

    #[test]
    fn places_that_take_no_more_are_passed_over() {
        assert_eq!(place(&[None, Some(1), Some(0)], 2, 9), Some(2));
        assert_eq!(place(&[None, Some(2), None], 2, 9), None);
        assert_eq!(place(&[], 2, 9), None);
    }
}
