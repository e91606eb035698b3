//! What a process finds around itself: variables and folders, as a value that tests can make.

use std::collections::BTreeMap;
use std::path::PathBuf;

use etcetera::BaseStrategy;

use crate::error::{Error, Result};
use crate::secret;

/// The environment and the folders of a process.
#[derive(Clone, Default)]
pub struct Surroundings {
    /// Environment variables; ones that are not Unicode are left out.
    pub vars: BTreeMap<String, String>,
    /// The folder that the process runs in.
    pub folder: PathBuf,
    /// The user's home.
    pub home: Option<PathBuf>,
    /// The user's config folder for this program.
    pub config_folder: Option<PathBuf>,
    /// The user's state folder for this program.
    pub state_folder: Option<PathBuf>,
}

impl std::fmt::Debug for Surroundings {
    /// The variables hold secrets, so only the folders are shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings")
            .field("folder", &self.folder)
            .field("config_folder", &self.config_folder)
            .finish_non_exhaustive()
    }
}

impl Surroundings {
    /// Those of this process.
    pub fn of_process() -> Self {
        let vars = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let folders = etcetera::choose_base_strategy().ok();
        let config = folders.as_ref().map(BaseStrategy::config_dir);
        // Only XDG knows a state folder; elsewhere it is data like any other.
        let state = (folders.as_ref()).map(|f| f.state_dir().unwrap_or_else(|| f.data_dir()));
        Self {
            vars,
            folder: std::env::current_dir().unwrap_or_default(),
            home: etcetera::home_dir().ok(),
            config_folder: config.map(|folder| folder.join("chatkit")),
            state_folder: state.map(|folder| folder.join("chatkit")),
        }
    }

    /// A variable's value; one that is empty counts as not set.
    pub fn var(&self, name: &str) -> Option<&str> {
        let value = self.vars.get(name)?.trim();
        (!value.is_empty()).then_some(value)
    }

    /// The text, with each `${NAME}` replaced by the variable of that name.
    ///
    /// # Errors
    /// Wrong usage when a variable is not set; `place` says where the text stands.
    pub fn expand(&self, text: &str, place: &str) -> Result<String> {
        let mut expanded = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| Error::usage(format!("{place}: '${{' is never closed")))?;
            let value = self.var(name).ok_or_else(|| {
                Error::usage_hint(
                    format!("{place}: the variable {name} is not set"),
                    format!("set {name} in the environment"),
                )
            })?;
            // The header that it stands in need not be named for what it is.
            secret::learn(name, value);
            expanded.push_str(before);
            expanded.push_str(value);
            rest = after;
        }
        expanded.push_str(rest);
        Ok(expanded)
    }
}
