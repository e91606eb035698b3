//! Media types, as `content-type` names them.

/// A media type without its parameters, in lower case: its words have none (RFC 9110, 8.3.1).
pub fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether this is the type of a stream of events.
pub fn is_event_stream(media_type: &str) -> bool {
    essence(media_type) == "text/event-stream"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_has_no_case_and_its_parameters_do_not_count() {
        for media_type in ["text/event-stream", "Text/Event-Stream ; Charset=\"UTF-8\""] {
            assert!(is_event_stream(media_type));
        }
        for media_type in ["", "text/plain", "text/event-streams"] {
            assert!(!is_event_stream(media_type));
        }
    }
}
