//! The operating system user that a private server runs as, and the folders that are its alone.

use std::fs::{DirBuilder, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::Path;

use nix::unistd::{Uid, User};
use serde::{Deserialize, Serialize};

use super::error::ServerError;

/// A user that a server runs as because crmdb runs as root, which PostgreSQL refuses to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Account {
    /// The user.
    pub(super) uid: u32,
    /// The user's group.
    pub(super) gid: u32,
}

impl Account {
    /// Returns `None` for an ordinary user, whose server is the user's own. For root it is the owner of the data,
    /// else `postgres`, else `nobody`.
    pub(super) fn for_data(data: &Path) -> Result<Option<Self>, ServerError> {
        if !Uid::effective().is_root() {
            return Ok(None);
        }
        if let Some(owner) = data.metadata().ok().filter(|found| found.uid() != 0) {
            return Ok(Some(Self { uid: owner.uid(), gid: owner.gid() }));
        }
        let named = |name: &&str| User::from_name(name).ok().flatten();
        let user = ["postgres", "nobody"].iter().find_map(named).ok_or(ServerError::NoAccount)?;
        Ok(Some(Self { uid: user.uid.as_raw(), gid: user.gid.as_raw() }))
    }
}

/// Makes a folder, and those above it, that only this user may write. Root's may be passed by the server's user.
pub(super) fn own_folder(folder: &Path) -> Result<(), ServerError> {
    let mode = if Uid::effective().is_root() { 0o711 } else { 0o700 };
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(folder)
        .map_err(ServerError::disk("make the folder", folder))?;
    let found = folder.symlink_metadata().map_err(ServerError::disk("look at", folder))?;
    check(folder, &found, Uid::effective().as_raw())
}

/// Makes a folder in an existing one that is the server's user's alone.
pub(super) fn server_folder(folder: &Path, account: Option<Account>) -> Result<(), ServerError> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => made.map_err(ServerError::disk("make the folder", folder))?,
    }
    let found = folder.symlink_metadata().map_err(ServerError::disk("look at", folder))?;
    let Some(Account { uid, gid }) = account else {
        return check(folder, &found, Uid::effective().as_raw());
    };
    if found.uid() == 0 && found.is_dir() {
        chown(folder, Some(uid), Some(gid)).map_err(ServerError::disk("give away", folder))?;
        std::fs::set_permissions(folder, Permissions::from_mode(0o700))
            .map_err(ServerError::disk("protect", folder))?;
        return Ok(());
    }
    check(folder, &found, uid)
}

/// Somebody else may have made the folder first: below `/tmp` anybody can.
fn check(path: &Path, found: &Metadata, owner: u32) -> Result<(), ServerError> {
    let reason = match found {
        found if !found.is_dir() => "is not a folder",
        found if found.uid() != owner => "belongs to another user",
        found if found.mode() & 0o022 != 0 => "may be written by other users",
        _ => return Ok(()),
    };
    Err(ServerError::Unsafe { path: path.to_owned(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_others_may_write_or_that_is_a_link_is_refused() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("crmdb-1000");
        own_folder(&folder).unwrap();
        own_folder(&folder).unwrap();
        std::fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
        let error = own_folder(&folder).unwrap_err();
        assert!(error.to_string().contains("may be written by other users"), "{error}");

        let link = parent.path().join("link");
        std::os::unix::fs::symlink(parent.path(), &link).unwrap();
        let error = own_folder(&link).unwrap_err();
        assert!(error.to_string().contains("is not a folder"), "{error}");
    }

    #[test]
    fn a_folder_of_another_user_is_refused() {
        let found = tempfile::tempdir().unwrap().path().metadata().unwrap();
        let error = check(Path::new("/tmp/crmdb-0"), &found, found.uid() + 1).unwrap_err();
        assert!(error.to_string().contains("belongs to another user"), "{error}");
    }
}
