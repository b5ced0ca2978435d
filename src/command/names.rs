//! What a text names, and of what Tab offers some.

/// What kind of thing a text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    User,
    Sku,
    Plan,
    Group,
    Department,
    City,
    Country,
    Location,
    Role,
    Property,
    /// A property, or in its place a block or an `@{Name; Expression}`.
    Column,
    Command,
    Path,
    Variable,
    // Of these some are offered, whatever else is accepted.
    /// What a property has, which is named on the same line.
    PropertyValue,
    /// A user who can be restored.
    DeletedUser,
    /// A member of the group on the line.
    Member,
    /// Who may act: an operator, or a user with a role.
    Admin,
    /// A product that the user on the line holds.
    HeldSku,
    /// A product that the catalogue knows.
    CatalogSku,
    /// A plan that is on for the user on the line, in the product on it.
    PlanOn,
    /// A plan that is off for the user on the line, in the product on it.
    PlanOff,
    /// A change, by its number in the journal.
    Change,
    /// A typed line, by its number.
    Line,
    /// A command or a topic of the help.
    Topic,
    /// A parameter of the command on the line.
    Parameter,
    /// What a filter in Graph's words goes on with.
    Filter,
}

impl Names {
    /// What a property or a script's parameter holds, going by what it is called.
    pub fn of_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "user" | "upn" | "userprincipalname" | "identity" => Self::User,
            "sku" | "skus" | "skupartnumber" | "license" | "licenses" => Self::Sku,
            "plan" | "serviceplan" | "serviceplans" | "disabledplans" => Self::Plan,
            "group" | "groupname" => Self::Group,
            "department" => Self::Department,
            "city" => Self::City,
            "country" => Self::Country,
            "usagelocation" | "location" => Self::Location,
            "role" | "roles" => Self::Role,
            "path" | "file" | "filepath" => Self::Path,
            _ => return None,
        })
    }
}
