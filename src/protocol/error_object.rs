//! `OpenAI`'s error object, which the hosted API and the mock answer with.

use serde_json::Value;

shape! {
    /// `{"error": {…}}`.
    pub struct ErrorBody {
        pub error: ErrorObject,
    }

    /// What went wrong with a request.
    pub struct ErrorObject {
        pub message: String,
        /// The class of the error, for example `invalid_request_error`.
        #[serde(rename = "type")]
        pub kind: Option<String>,
        /// The field that is at fault, as a path.
        pub param: Option<String>,
        /// A stable word for the cause, for example `invalid_api_key`; some servers send a number.
        pub code: Option<Value>,
    }
}
