//! Feature state by type: one value of each type per runtime.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A map from a type to its one value.
#[derive(Default)]
pub(super) struct TypeMap {
    values: RefCell<HashMap<TypeId, Rc<dyn Any>>>,
}

impl TypeMap {
    pub(super) fn get<T: Default + 'static>(&self) -> Rc<T> {
        let existing = self.values.borrow().get(&TypeId::of::<T>()).cloned();
        if let Some(Ok(value)) = existing.map(Rc::downcast::<T>) {
            return value;
        }
        let value = Rc::new(T::default());
        let erased: Rc<dyn Any> = Rc::<T>::clone(&value);
        self.values.borrow_mut().insert(TypeId::of::<T>(), erased);
        value
    }
}
