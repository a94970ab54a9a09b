//! Natives about who the process is and where it stands: users, groups, umask, current directory.

use crate::system::{self, SetId};
use crust_core::{Call, Op, OpError, OpResult, errno};
use rustix::process;
use std::io;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("cwd", cwd),
    Op::new("chdir", chdir),
    Op::new("umask", umask),
    Op::new("parentId", parent_id),
    Op::new("ids", ids),
    Op::new("groups", groups),
    Op::new("setId", set_id),
    Op::new("setGroups", set_groups),
    Op::new("findUser", find_user),
    Op::new("findGroup", find_group),
];

fn cwd<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let directory = std::env::current_dir().map_err(|error| {
        let (code, text) = errno::describe(error.raw_os_error().unwrap_or_default());
        OpError::error(format!("{code}: process.cwd failed, current working directory was likely removed without changing the working directory, uv_cwd: {text}"))
            .code(code)
            .number_property("errno", f64::from(-error.raw_os_error().unwrap_or_default()))
            .property("syscall", "uv_cwd")
    })?;
    Ok(cx.make_string(&directory.to_string_lossy()))
}

/// `chdir(directory)`. The message names both directories, as Node's does.
fn chdir<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let target = cx.string(0)?;
    std::env::set_current_dir(&target).map_err(|error| {
        let from = std::env::current_dir()
            .map(|path| path.to_string_lossy().into_owned())
            .unwrap_or_default();
        let number = error.raw_os_error().unwrap_or_default();
        let (code, text) = errno::describe(number);
        OpError::error(format!("{code}: {text}, chdir {from} -> '{target}'"))
            .number_property("errno", f64::from(-number))
            .code(code)
            .property("syscall", "chdir")
            .property("path", from)
            .property("dest", target.clone())
    })?;
    Ok(cx.undefined())
}

/// `umask(mask | -1)`: sets it, or with -1 only asks; answers the one before.
fn umask<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let wanted: i64 = cx.integer(0)?;
    let before = process::umask(rustix::fs::Mode::from_raw_mode(
        u32::try_from(wanted).unwrap_or_default(),
    ));
    if wanted < 0 {
        process::umask(before);
    }
    Ok(cx.make_number(f64::from(before.as_raw_mode())))
}

fn parent_id<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let parent = process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get());
    Ok(cx.make_number(f64::from(parent)))
}

/// `[uid, euid, gid, egid]`.
fn ids<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let all = [
        process::getuid().as_raw(),
        process::geteuid().as_raw(),
        process::getgid().as_raw(),
        process::getegid().as_raw(),
    ];
    cx.make_array(all, |scope, id| scope.number(f64::from(id)))
}

fn groups<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let list =
        process::getgroups().map_err(|error| OpError::from_io(&error.into(), "getgroups", None))?;
    cx.make_array(list, |scope, group| scope.number(f64::from(group.as_raw())))
}

/// `setId("uid" | "gid" | "euid" | "egid", id)`.
fn set_id<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (which, name) = match cx.string(0)?.as_str() {
        "uid" => (SetId::User, "setuid"),
        "gid" => (SetId::Group, "setgid"),
        "euid" => (SetId::EffectiveUser, "seteuid"),
        _ => (SetId::EffectiveGroup, "setegid"),
    };
    system::set_id(which, cx.integer(1)?).map_err(|error| OpError::from_io(&error, name, None))?;
    Ok(cx.undefined())
}

/// `setGroups(list)`.
fn set_groups<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let list = cx.value(0);
    let length = list.get("length")?.to_number()?;
    let mut ids = Vec::new();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "group ids are checked by the caller"
    )]
    for index in 0..length as u32 {
        ids.push(list.get_index(index)?.to_number()? as u32);
    }
    system::set_groups(&ids).map_err(|error| OpError::from_io(&error, "setgroups", None))?;
    Ok(cx.undefined())
}

/// `findUser(name)`: the number, or `undefined`.
fn find_user<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    lookup(cx, "/etc/passwd")
}

/// `findGroup(name)`: the number, or `undefined`.
fn find_group<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    lookup(cx, "/etc/group")
}

/// Both tables have the name first and the number third.
fn lookup<'s>(cx: &mut Call<'s>, table: &str) -> OpResult<'s> {
    let name = cx.string(0)?;
    let text = std::fs::read_to_string(table)
        .map_err(|error: io::Error| OpError::from_io(&error, "open", Some(table)))?;
    let found = text.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then(|| fields.nth(1)?.parse::<f64>().ok())?
    });
    Ok(found.map_or_else(|| cx.undefined(), |id| cx.make_number(id)))
}
