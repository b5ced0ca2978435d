//! The stage behind Format-Table and Format-List: hands each object on with the view it is to be shown in.

use std::sync::Arc;

use super::column::Columns;
use crate::command::{Call, Flow, Stage};
use crate::format::{Formatted, View};
use crate::value::Value;

/// Makes the view of columns' names.
type MakeView = Box<dyn Fn(Option<Vec<String>>) -> View>;

pub struct Shown {
    /// None for the columns that the objects are shown with anyway.
    columns: Option<Columns>,
    group_by: Option<Columns>,
    make_view: MakeView,
    /// Made with the first object.
    view: Option<Arc<View>>,
}

impl Shown {
    pub fn new(columns: Option<Columns>, group_by: Option<String>, make_view: MakeView) -> Self {
        Self {
            columns,
            group_by: group_by.as_deref().map(Columns::one),
            make_view,
            view: None,
        }
    }

    fn show(&mut self, call: &mut Call, item: Value) -> Result<(), Flow> {
        let Some(columns) = &self.columns else {
            let view = self
                .view
                .get_or_insert_with(|| Arc::new((self.make_view)(None)));
            return call.write(Value::object(Formatted::new(view, item)));
        };
        if !columns.is_calculated() {
            let labels = || Some(columns.labels());
            let view = self
                .view
                .get_or_insert_with(|| Arc::new((self.make_view)(labels())));
            return call.write(Value::object(Formatted::new(view, item)));
        }
        // What is made can be shown only of an object that has it, and the groups need their property besides.
        let mut map = columns.map(call, &item)?;
        let labels = || Some(map.keys().map(str::to_owned).collect());
        let view = self
            .view
            .get_or_insert_with(|| Arc::new((self.make_view)(labels())));
        let view = Arc::clone(view);
        if let Some(group) = &self.group_by {
            for (name, value) in group.map(call, &item)?.iter() {
                map.set(name, value.clone());
            }
        }
        call.write(Value::object(Formatted::new(&view, Value::map(map))))
    }
}

impl Stage for Shown {
    fn record(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        if let Some(group) = &mut self.group_by {
            group.note(&value);
            group.check_type(&value)?;
        }
        let Some(columns) = &mut self.columns else {
            return self.show(call, value);
        };
        for value in columns.ready(value) {
            if let Some(columns) = &self.columns {
                columns.check_type(&value)?;
            }
            self.show(call, value)?;
        }
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        let waiting = self.columns.as_mut().map(Columns::rest).transpose()?;
        for value in waiting.unwrap_or_default() {
            self.show(call, value)?;
        }
        Ok(self.group_by.as_ref().map_or(Ok(()), Columns::check)?)
    }
}
