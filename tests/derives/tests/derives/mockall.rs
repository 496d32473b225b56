//! `mockall`: `#[automock]` goes on traits and impls, and sees no field. It copies the attributes
//! below it to its mock, so `#[proxy]` goes above.

use std::sync::Arc;

use mockall::automock;
use weakref_core::{Proxy, error::ReferenceError, new, proxy, weakrefable};

#[proxy]
#[automock]
trait Sensor {
    fn degrees(&self) -> f64;
}

#[weakrefable]
struct Device {
    degrees: f64,
}

impl Sensor for Device {
    fn degrees(&self) -> f64 {
        self.degrees
    }
}

/// A user of the trait that is mocked.
fn is_hot(sensor: &impl Sensor) -> bool {
    sensor.degrees() > 30.0
}

mod of_type {
    use mockall::automock;
    use weakref_core::{new, weakrefable};

    #[weakrefable]
    pub(super) struct Lamp {
        watts: u32,
    }

    #[automock]
    impl Lamp {
        pub(super) fn with_watts(watts: u32) -> Self {
            new!(Self { watts })
        }

        pub(super) fn watts(&self) -> u32 {
            self.watts
        }
    }
}

#[test]
fn mocks_stand_beside_proxies() {
    let mut mock = MockSensor::new();
    mock.expect_degrees().return_const(40.0);
    assert!(is_hot(&mock));

    let owner = Arc::new(new!(Device { degrees: 21.5 }));
    let device = Proxy::new(&owner);
    assert!(!is_hot(&device));
    assert_eq!(device.try_degrees(), Ok(21.5));
    drop(owner);
    assert_eq!(device.try_degrees(), Err(ReferenceError));

    let mut lamp = of_type::MockLamp::default();
    lamp.expect_watts().return_const(5_u32);
    assert_eq!(lamp.watts(), 5);
    let lamp = of_type::Lamp::with_watts(60);
    assert_eq!(lamp.watts(), 60);
    super::lives_in_arc(lamp);
}
