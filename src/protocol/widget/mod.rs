//! Widgets: a tree of components under a root (`Card`, `ListView` or `Basic`).
//!
//! Facts: `openai-chatkit` 1.6.5, `widgets.py`; tables, which it lacks, from the types of
//! `@openai/chatkit`. The reference server takes any further component and prop, so a component
//! that does not decode is kept as it came instead of refusing the event around it.

mod chart;
mod container;
mod control;
mod props;
mod text;
mod words;

use serde_json::Value;

use super::Object;
pub use chart::{AreaSeries, BarSeries, Chart, LineSeries, Series};
pub use container::{
    Basic, Boxed, Card, CardAction, Column, Form, Layout, ListView, ListViewItem, Row, Table,
    TableCell, TableRow, Transition, WidgetStatus,
};
pub use control::{
    Button, Checkbox, DatePicker, Input, Label, RadioGroup, RadioOption, Select, SelectOption,
    Textarea,
};
pub use props::{ActionConfig, Color, Handler, LoadingBehavior, Measure};
pub use text::{Badge, Caption, Divider, Icon, Image, Markdown, Spacer, Text, Title};
pub use words::wrong_word;

around! {
    /// A component of a widget; the root is one too.
    pub struct Component {
        pub id: Option<String>,
        /// Should be a string; numbers, which the index of a loop makes, take nothing from the widget.
        pub key: Option<Value>,
        #[serde(flatten)]
        pub kind: ComponentKind,
    }
}

tagged! {
    #[allow(clippy::large_enum_variant, reason = "a widget is small, and a box in each place costs more to read")]
    /// What a component is. `Card`, `ListView` and `Basic` stand at the root only.
    pub enum ComponentKind else keep {
        Card(Card) = "Card",
        ListView(ListView) = "ListView",
        Basic(Basic) = "Basic",
        Badge(Badge) = "Badge",
        Box(Boxed) = "Box",
        Button(Button) = "Button",
        Caption(Caption) = "Caption",
        Chart(Chart) = "Chart",
        Checkbox(Checkbox) = "Checkbox",
        Col(Column) = "Col",
        DatePicker(DatePicker) = "DatePicker",
        Divider(Divider) = "Divider",
        Form(Form) = "Form",
        Icon(Icon) = "Icon",
        Image(Image) = "Image",
        Input(Input) = "Input",
        Label(Label) = "Label",
        ListViewItem(ListViewItem) = "ListViewItem",
        Markdown(Markdown) = "Markdown",
        RadioGroup(RadioGroup) = "RadioGroup",
        Row(Row) = "Row",
        Select(Select) = "Select",
        Spacer(Spacer) = "Spacer",
        Table(Table) = "Table",
        TableRow(TableRow) = "Table.Row",
        TableCell(TableCell) = "Table.Cell",
        Text(Text) = "Text",
        Textarea(Textarea) = "Textarea",
        Title(Title) = "Title",
        Transition(Transition) = "Transition",
    }
}

impl ComponentKind {
    /// Which of the fields beside `type` are not of their types, with what is wrong with each; none
    /// for a type that this version does not know. What is missing is no field.
    pub fn wrong_fields(kind: &str, fields: &Object) -> Vec<(String, String)> {
        let alone = |(name, value): (&String, &Value)| {
            let field = Object::from_iter([(name.clone(), value.clone())]);
            let error = Self::check(kind, field)?.err()?;
            if !error.path.starts_with(name.as_str()) && error.message.starts_with("missing field")
            {
                return None;
            }
            let inside = error.path.strip_prefix(name.as_str()).unwrap_or_default();
            let said = match inside.trim_start_matches('.') {
                "" => error.message,
                inside => format!("{inside}: {}", error.message),
            };
            Some((name.clone(), said))
        };
        fields.iter().filter_map(alone).collect()
    }
}

impl From<ComponentKind> for Component {
    fn from(kind: ComponentKind) -> Self {
        Self {
            id: None,
            key: None,
            kind,
        }
    }
}

impl Component {
    /// The component's children, in order; a leaf has none.
    pub fn children(&self) -> &[Component] {
        match &self.kind {
            ComponentKind::Card(body) => &body.children,
            ComponentKind::ListView(body) => &body.children,
            ComponentKind::ListViewItem(body) => &body.children,
            ComponentKind::Basic(body) => &body.children,
            ComponentKind::Box(body) => &body.layout.children,
            ComponentKind::Row(body) => &body.layout.children,
            ComponentKind::Col(body) => &body.layout.children,
            ComponentKind::Form(body) => &body.layout.children,
            ComponentKind::Table(body) => &body.children,
            ComponentKind::TableRow(body) => &body.children,
            ComponentKind::TableCell(body) => &body.children,
            ComponentKind::Transition(body) => {
                body.children.as_deref().map_or(&[], std::slice::from_ref)
            }
            _ => &[],
        }
    }

    /// The component's children, to be changed.
    pub fn children_mut(&mut self) -> &mut [Component] {
        match &mut self.kind {
            ComponentKind::Card(body) => &mut body.children,
            ComponentKind::ListView(body) => &mut body.children,
            ComponentKind::ListViewItem(body) => &mut body.children,
            ComponentKind::Basic(body) => &mut body.children,
            ComponentKind::Box(body) => &mut body.layout.children,
            ComponentKind::Row(body) => &mut body.layout.children,
            ComponentKind::Col(body) => &mut body.layout.children,
            ComponentKind::Form(body) => &mut body.layout.children,
            ComponentKind::Table(body) => &mut body.children,
            ComponentKind::TableRow(body) => &mut body.children,
            ComponentKind::TableCell(body) => &mut body.children,
            ComponentKind::Transition(body) => body
                .children
                .as_deref_mut()
                .map_or(&mut [], std::slice::from_mut),
            _ => &mut [],
        }
    }

    /// The component of this id, here or below.
    pub fn find_mut(&mut self, id: &str) -> Option<&mut Component> {
        if self.id.as_deref() == Some(id) {
            return Some(self);
        }
        self.children_mut()
            .iter_mut()
            .find_map(|child| child.find_mut(id))
    }

    /// The value that streams: only `Text` and `Markdown` have one.
    pub fn streaming_value_mut(&mut self) -> Option<(&mut String, &mut Option<bool>)> {
        match &mut self.kind {
            ComponentKind::Text(body) => Some((&mut body.value, &mut body.streaming)),
            ComponentKind::Markdown(body) => Some((&mut body.value, &mut body.streaming)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn round_trip(widget: &Value) -> Component {
        let component: Component = crate::protocol::from_value(widget.clone()).unwrap();
        assert_eq!(&serde_json::to_value(&component).unwrap(), widget);
        component
    }

    #[test]
    fn unknown_components_and_props_survive() {
        round_trip(&json!({"type": "Card", "glow": 3, "children": [
            {"type": "Hologram", "id": "h", "depth": {"z": 1}, "children": [{"type": "Spacer"}]},
            {"type": "Row", "gap": "2", "children": [{"type": "Text", "value": "a", "blink": true}]},
        ]}));
    }

    #[test]
    fn a_component_with_a_prop_of_the_wrong_type_is_kept_as_it_came() {
        let card = round_trip(&json!({"type": "Card", "children": [{"type": "Text", "value": 5}]}));
        assert!(matches!(card.children()[0].kind, ComponentKind::Unknown(_)));
    }

    #[test]
    fn a_component_is_found_by_its_id_at_any_depth() {
        let mut card = round_trip(&json!({"type": "Card", "children": [
            {"type": "Transition", "children": {"type": "Col", "children": [{"type": "Markdown", "id": "m", "value": "x"}]}},
        ]}));
        assert!(card.find_mut("m").unwrap().streaming_value_mut().is_some());
        assert!(card.find_mut("n").is_none());
    }

    #[test]
    fn a_widget_nested_as_deep_as_json_goes_is_kept_and_overflows_no_stack() {
        let mut deep = json!({"type": "Text", "value": "deep"});
        for _ in 0..120 {
            deep = json!({"type": "Row", "children": [deep]});
        }
        let mut row = &round_trip(&deep);
        let mut levels = 0;
        while let [child] = row.children() {
            row = child;
            levels += 1;
        }
        assert!(matches!(row.kind, ComponentKind::Unknown(_)), "{levels}");
        // The next widget is decoded from the top again.
        round_trip(&json!({"type": "Card", "children": []}));
    }
}
