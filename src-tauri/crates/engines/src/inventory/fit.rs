//! A list that fits: what is in use comes first, then what is newest. What is left out is said.

use super::{Store, StoredImage};

/// Leaves out images, so that all stores together take at most so many bytes of JSON, their heads aside.
pub fn fit(stores: &mut [Store], bytes: usize) {
    let mut room = bytes;
    let mut waiting: Vec<Vec<StoredImage>> =
        stores.iter_mut().map(|store| std::mem::take(&mut store.images)).collect();
    for in_use in [true, false] {
        for (store, waiting) in stores.iter_mut().zip(&mut waiting) {
            let (mut turn, later) = std::mem::take(waiting)
                .into_iter()
                .partition::<Vec<_>, _>(|image| !in_use || !image.containers.is_empty());
            turn.sort_by_key(|image| std::cmp::Reverse(image.created));
            *waiting = later;
            let all = turn.len();
            let fits = turn.iter().take_while(|image| takes(image, &mut room)).count();
            store.images.extend(turn.into_iter().take(fits));
            if fits < all {
                leave_out(store, all - fits);
            }
        }
    }
}

/// Whether there is room for it; the first for which there is none ends the list.
fn takes(image: &StoredImage, room: &mut usize) -> bool {
    let size = serde_json::to_vec(image).map_or(usize::MAX, |json| json.len().saturating_add(1));
    let left = room.checked_sub(size);
    *room = left.unwrap_or(0);
    left.is_some()
}

fn leave_out(store: &mut Store, count: usize) {
    let what =
        if count == 1 { "one further image is".to_owned() } else { format!("{count} further images are") };
    let sentence = format!("{what} not listed, since the list would be too long; remove what nobody uses");
    store.problem = Some(match store.problem.take() {
        Some(problem) => format!("{problem}; {sentence}"),
        None => sentence,
    });
}
