//! A cached value with its key: everything it depends on. The caller passes the current key, so a
//! changed key is all it takes to compute the value again.

use std::cell::RefCell;
use std::rc::Rc;

/// A value and the key it was made for.
#[derive(Debug)]
pub struct Derived<K, V> {
    made: RefCell<Option<(K, Rc<V>)>>,
}

/// A key that is a derived value itself: equal only if it was made at the same time.
#[derive(Debug)]
pub struct Same<T>(pub Rc<T>);

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Same<T>) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<K, V> Default for Derived<K, V> {
    fn default() -> Derived<K, V> {
        Derived { made: RefCell::new(None) }
    }
}

impl<K: PartialEq, V> Derived<K, V> {
    /// The value for this key; made now if the cached one is for another key.
    pub fn get(&self, key: K, make: impl FnOnce() -> V) -> Rc<V> {
        if let Some(value) = self.known(&key) {
            return value;
        }
        // Not borrowed here: `make` may ask for other derived values.
        let value = Rc::new(make());
        *self.made.borrow_mut() = Some((key, Rc::clone(&value)));
        value
    }

    /// As [`Derived::get`], for a key that is large: it is copied only if the value is made.
    pub fn get_as(&self, key: &K, make: impl FnOnce() -> V) -> Rc<V>
    where
        K: Clone,
    {
        self.known(key).unwrap_or_else(|| self.get(key.clone(), make))
    }

    /// The value for this key, if it was made already.
    pub fn known(&self, key: &K) -> Option<Rc<V>> {
        let made = self.made.borrow();
        made.as_ref().filter(|(known, _)| known == key).map(|(_, value)| Rc::clone(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_for_a_key() {
        let derived = Derived::default();
        let mut made = Vec::new();
        for key in [1, 1, 2, 2, 1] {
            let value = derived.get(key, || {
                made.push(key);
                key * 10
            });
            assert_eq!(*value, key * 10);
        }
        assert_eq!(made, [1, 2, 1]);
        assert_eq!(derived.known(&1).as_deref(), Some(&10));
        assert_eq!(derived.known(&2), None);
    }
}
