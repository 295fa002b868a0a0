//! Brings memory into the caches before it is needed, so that many reads of cold memory overlap.
//! Never changes a result. Without the feature `std` it does nothing.

/// Starts to load the cache line of `slice[at]`, if there is such an element.
#[inline]
pub(crate) fn fetch<T>(slice: &[T], at: usize) {
    #[cfg(feature = "std")]
    prefetch_index::prefetch_index(slice, at);
    #[cfg(not(feature = "std"))]
    let _ = (slice, at);
}
