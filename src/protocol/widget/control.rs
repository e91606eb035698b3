//! Components that are clicked, filled in or picked from.

use super::ActionConfig;

shape! {
    /// A button; with `submit` it hands in the form around it.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Button {
        pub submit: Option<bool>,
        pub label: Option<String>,
        pub on_click_action: Option<ActionConfig>,
        pub icon_start: Option<String>,
        pub icon_end: Option<String>,
        pub style: Option<String>,
        pub icon_size: Option<String>,
        pub color: Option<String>,
        pub variant: Option<String>,
        pub size: Option<String>,
        pub pill: Option<bool>,
        pub uniform: Option<bool>,
        pub block: Option<bool>,
        pub disabled: Option<bool>,
    }

    /// One of several values, from a list that opens.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Select {
        pub name: String,
        pub options: Vec<SelectOption>,
        pub on_change_action: Option<ActionConfig>,
        pub placeholder: Option<String>,
        pub default_value: Option<String>,
        pub variant: Option<String>,
        pub size: Option<String>,
        pub pill: Option<bool>,
        pub block: Option<bool>,
        pub clearable: Option<bool>,
        pub disabled: Option<bool>,
        pub searchable: Option<bool>,
    }

    /// A value of a [`Select`].
    pub struct SelectOption {
        pub value: String,
        pub label: String,
        pub disabled: Option<bool>,
        pub description: Option<String>,
    }

    /// A date. Times stand as ISO 8601.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct DatePicker {
        pub name: String,
        pub on_change_action: Option<ActionConfig>,
        pub placeholder: Option<String>,
        pub default_value: Option<String>,
        pub min: Option<String>,
        pub max: Option<String>,
        pub variant: Option<String>,
        pub size: Option<String>,
        pub side: Option<String>,
        pub align: Option<String>,
        pub pill: Option<bool>,
        pub block: Option<bool>,
        pub clearable: Option<bool>,
        pub disabled: Option<bool>,
    }

    /// Yes or no.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Checkbox {
        pub name: String,
        pub label: Option<String>,
        pub default_checked: Option<bool>,
        pub on_change_action: Option<ActionConfig>,
        pub disabled: Option<bool>,
        pub required: Option<bool>,
    }

    /// One line of text.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Input {
        pub name: String,
        pub input_type: Option<String>,
        pub default_value: Option<String>,
        pub required: Option<bool>,
        pub pattern: Option<String>,
        pub placeholder: Option<String>,
        pub allow_autofill_extensions: Option<bool>,
        pub auto_select: Option<bool>,
        pub auto_focus: Option<bool>,
        pub disabled: Option<bool>,
        pub variant: Option<String>,
        pub size: Option<String>,
        pub gutter_size: Option<String>,
        pub pill: Option<bool>,
    }

    /// Several lines of text.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Textarea {
        pub name: String,
        pub default_value: Option<String>,
        pub required: Option<bool>,
        pub pattern: Option<String>,
        pub placeholder: Option<String>,
        pub auto_select: Option<bool>,
        pub auto_focus: Option<bool>,
        pub disabled: Option<bool>,
        pub variant: Option<String>,
        pub size: Option<String>,
        pub gutter_size: Option<String>,
        pub rows: Option<u32>,
        pub auto_resize: Option<bool>,
        pub max_rows: Option<u32>,
        pub allow_autofill_extensions: Option<bool>,
    }

    /// The name of a field.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Label {
        pub value: String,
        pub field_name: String,
        pub size: Option<String>,
        pub weight: Option<String>,
        pub text_align: Option<String>,
        pub color: Option<super::Color>,
    }

    /// One of several values, all in sight.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct RadioGroup {
        pub name: String,
        pub options: Option<Vec<RadioOption>>,
        pub aria_label: Option<String>,
        pub on_change_action: Option<ActionConfig>,
        pub default_value: Option<String>,
        pub direction: Option<String>,
        pub disabled: Option<bool>,
        pub required: Option<bool>,
    }

    /// A value of a [`RadioGroup`].
    pub struct RadioOption {
        pub label: String,
        pub value: String,
        pub disabled: Option<bool>,
    }
}
