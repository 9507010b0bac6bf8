//! Windows tells by calling back, on a thread of its own.

use std::ffi::c_void;
use std::io;
use std::ptr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, MIB_IPFORWARD_ROW2, MIB_NOTIFICATION_TYPE, MIB_UNICASTIPADDRESS_ROW,
    MibAddInstance, NotifyRouteChange2, NotifyUnicastIpAddressChange,
};
use windows_sys::Win32::Networking::WinSock::AF_UNSPEC;

/// What a callback is given; a change while one is already waiting to be taken adds nothing.
type Teller = SyncSender<()>;

pub(super) struct Changes {
    _addresses: Registration,
    _routes: Registration,
    changes: Receiver<()>,
    // After the registrations: no callback may outlive what it is given.
    _teller: Box<Teller>,
}

impl Changes {
    pub(super) fn listen() -> io::Result<Self> {
        let (teller, changes) = sync_channel(1);
        let teller = Box::new(teller);
        let addresses = Registration::of_addresses(&teller)?;
        let routes = Registration::of_routes(&teller)?;
        Ok(Self { _addresses: addresses, _routes: routes, changes, _teller: teller })
    }

    pub(super) fn wait(&self, at_most: Duration) -> io::Result<bool> {
        match self.changes.recv_timeout(at_most) {
            Ok(()) => Ok(true),
            Err(RecvTimeoutError::Timeout) => Ok(false),
            Err(RecvTimeoutError::Disconnected) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

/// A callback that is called until this is dropped.
struct Registration(HANDLE);

// SAFETY: the handle is a number to the system, which lets any thread cancel it.
#[expect(unsafe_code, reason = "handles are pointers in C")]
unsafe impl Send for Registration {}

impl Registration {
    #[expect(unsafe_code, reason = "changes are told to a C function")]
    fn of_addresses(teller: &Teller) -> io::Result<Self> {
        let mut handle = ptr::null_mut();
        // SAFETY: `teller` lives, at one place, until the registration is cancelled; `handle` is valid for writes.
        let code = unsafe {
            NotifyUnicastIpAddressChange(
                AF_UNSPEC,
                Some(address_changed),
                ptr::from_ref(teller).cast(),
                false,
                &raw mut handle,
            )
        };
        Self::of(code, handle)
    }

    #[expect(unsafe_code, reason = "changes are told to a C function")]
    fn of_routes(teller: &Teller) -> io::Result<Self> {
        let mut handle = ptr::null_mut();
        // SAFETY: as above.
        let code = unsafe {
            NotifyRouteChange2(
                AF_UNSPEC,
                Some(route_changed),
                ptr::from_ref(teller).cast(),
                false,
                &raw mut handle,
            )
        };
        Self::of(code, handle)
    }

    fn of(code: u32, handle: HANDLE) -> io::Result<Self> {
        if code == 0 { Ok(Self(handle)) } else { Err(io::Error::from_raw_os_error(code.cast_signed())) }
    }
}

impl Drop for Registration {
    #[expect(unsafe_code, reason = "the registration is the system's")]
    fn drop(&mut self) {
        // SAFETY: the handle was registered and is cancelled once; running callbacks are waited for.
        unsafe { CancelMibChangeNotify2(self.0) };
    }
}

#[expect(unsafe_code, reason = "the system passes what was registered as a pointer")]
unsafe extern "system" fn address_changed(
    teller: *const c_void,
    _: *const MIB_UNICASTIPADDRESS_ROW,
    kind: MIB_NOTIFICATION_TYPE,
) {
    if kind == MibAddInstance {
        // SAFETY: it is the teller that was registered, and it lives.
        tell(unsafe { teller.cast::<Teller>().as_ref() });
    }
}

#[expect(unsafe_code, reason = "the system passes what was registered as a pointer")]
unsafe extern "system" fn route_changed(
    teller: *const c_void,
    route: *const MIB_IPFORWARD_ROW2,
    kind: MIB_NOTIFICATION_TYPE,
) {
    // SAFETY: the route is null or one that lives while this runs.
    let way_out = unsafe { route.as_ref() }.is_some_and(|route| route.DestinationPrefix.PrefixLength == 0);
    if kind == MibAddInstance && way_out {
        // SAFETY: it is the teller that was registered, and it lives.
        tell(unsafe { teller.cast::<Teller>().as_ref() });
    }
}

fn tell(teller: Option<&Teller>) {
    if let Some(teller) = teller {
        // A full channel has told it already.
        teller.try_send(()).unwrap_or_default();
    }
}
