//! A fresh store for one test, which can be opened more than once.

use std::sync::{Arc, OnceLock};

use chatkit::store::{self, Store, StoreUrl};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tokio::runtime::{Builder, Runtime};

use crate::cluster::Cluster;

/// Which of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Memory,
    Sqlite,
    Postgres,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// Where one test keeps its threads.
pub struct Place {
    pub kind: Kind,
    /// What `--store` would be given.
    pub url: String,
    cluster: Option<Arc<Cluster>>,
    folder: tempfile::TempDir,
    runtime: Runtime,
    /// Memory is opened once: another one would be another store.
    memory: OnceLock<Arc<dyn Store>>,
}

impl Place {
    pub fn new(kind: Kind, cluster: Option<Arc<Cluster>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let url = match kind {
            Kind::Memory => "memory".to_owned(),
            Kind::Sqlite => format!("sqlite:{}", folder.path().join("t.db").display()),
            Kind::Postgres => {
                let cluster = cluster
                    .as_ref()
                    .expect("trials without a cluster are not run");
                runtime.block_on(cluster.database())
            }
        };
        Self {
            kind,
            url,
            cluster,
            folder,
            runtime,
            memory: OnceLock::new(),
        }
    }

    /// A new database in a cluster of the test's own.
    pub fn of(cluster: &Cluster) -> Self {
        let place = Self::new(Kind::Memory, None);
        Self {
            url: place.runtime.block_on(cluster.database()),
            kind: Kind::Postgres,
            ..place
        }
    }

    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Runs statements in the test's own database.
    pub fn sql(&self, statements: &str) {
        if self.kind == Kind::Sqlite {
            return self.runtime.block_on(self.sql_in_file(statements));
        }
        let database = self.url.rsplit_once('/').unwrap().1;
        self.sql_in(database, statements);
    }

    /// Runs statements in a database that is no test's.
    pub fn sql_outside(&self, statements: &str) {
        self.sql_in("postgres", statements);
    }

    async fn sql_in_file(&self, statements: &str) {
        let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
        let statements = AssertSqlSafe(statements.to_owned());
        let run = sqlx::raw_sql(statements).execute(&mut connection).await;
        run.unwrap();
        connection.close().await.unwrap();
    }

    fn sql_in(&self, database: &str, statements: &str) {
        let cluster = self.cluster.as_ref().unwrap();
        self.runtime.block_on(cluster.execute(database, statements));
    }

    /// A folder that goes with the test.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Opens the store, as another process would.
    pub async fn open(&self) -> Arc<dyn Store> {
        if self.kind == Kind::Memory {
            let memory = || Arc::new(store::Memory::new()) as Arc<dyn Store>;
            return Arc::clone(self.memory.get_or_init(memory));
        }
        let url: StoreUrl = self.url.parse().unwrap();
        store::open(&url).await.unwrap()
    }
}
