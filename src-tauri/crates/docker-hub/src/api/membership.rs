//! The organizations of an account, with its role and its teams in each.

use secret::Secret;
use serde::Deserialize;

use super::{Hub, HubError};

const PAGE: usize = 100;
/// Nobody is in more organizations than these pages hold.
const MOST_PAGES: usize = 20;

/// An account and its organizations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The user name.
    pub account: String,
    /// The organizations the account is in, in Docker Hub's order.
    pub organizations: Vec<Organization>,
}

/// An account's place in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its namespace, such as `acme`.
    pub name: String,
    /// What the account may do there.
    pub role: Role,
    /// The account's teams.
    pub groups: Vec<String>,
    /// What the organization pays for, such as `business`.
    pub plan: Option<String>,
}

/// What an account may do in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// It may do everything, and Docker's own rules do not apply to it.
    Owner,
    /// It may change repositories.
    Editor,
    /// It may use what its teams may.
    Member,
    /// A role that Docker Hub named and that is not known here.
    Other(String),
}

#[derive(Deserialize)]
struct Page {
    next: Option<String>,
    results: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    orgname: String,
    user_role: Option<String>,
    user_groups: Option<Vec<String>>,
    plan_name: Option<String>,
    is_active: Option<bool>,
}

impl Hub {
    /// Who the bearer token stands for, and the active organizations they are in.
    pub async fn membership(&self, bearer: &Secret) -> Result<Membership, HubError> {
        let account = self.whoami(bearer).await?;
        let mut organizations = Vec::new();
        for number in 1..=MOST_PAGES {
            let path = format!("/v2/user/orgs?page={number}&page_size={PAGE}");
            let page: Page = self.get(&path, bearer).await?;
            let active = page.results.into_iter().filter(|row| row.is_active != Some(false));
            organizations.extend(active.map(Organization::from));
            if page.next.is_none() {
                return Ok(Membership { account, organizations });
            }
        }
        Err(self.invalid("lists organizations without end; try again later"))
    }
}

impl From<Row> for Organization {
    fn from(row: Row) -> Self {
        Self {
            name: row.orgname,
            role: row.user_role.map_or(Role::Member, Role::from),
            groups: row.user_groups.unwrap_or_default(),
            plan: row.plan_name.filter(|plan| !plan.is_empty()),
        }
    }
}

impl Role {
    /// The role as Docker Hub writes it, in lower case.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Owner => "owner",
            Self::Editor => "editor",
            Self::Member => "member",
            Self::Other(text) => text,
        }
    }
}

impl From<String> for Role {
    fn from(text: String) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "owner" => Self::Owner,
            "editor" => Self::Editor,
            "member" => Self::Member,
            _ => Self::Other(text),
        }
    }
}
