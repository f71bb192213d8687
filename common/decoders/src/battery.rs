//! How full a battery is, from its voltage.

/// What a sensor's cells are made of: the discharge curve that turns volts into percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Chemistry {
    /// One CR17450 lithium manganese dioxide cell.
    LithiumManganese,
    /// Two lithium iron disulfide AA cells; also the curve for lithium AA cells of another or unknown kind.
    #[default]
    LithiumIronDisulfide,
    /// Two alkaline AA, AAA or C cells.
    Alkaline,
    /// One lithium coin cell such as CR2032 or CR2450, or several side by side.
    Coin,
}

/// A point of a discharge curve: millivolts, percent.
pub type Point = (u16, u8);

impl Chemistry {
    /// The points of the discharge curve, in millivolts and percent, from full to empty (specification 9.5).
    #[must_use]
    pub const fn curve(self) -> [Point; 6] {
        match self {
            Self::LithiumManganese => [
                (3_000, 100),
                (2_950, 80),
                (2_850, 50),
                (2_750, 20),
                (2_600, 5),
                (2_500, 0),
            ],
            Self::LithiumIronDisulfide => [
                (3_600, 100),
                (3_200, 80),
                (2_800, 50),
                (2_400, 20),
                (2_000, 5),
                (1_800, 0),
            ],
            Self::Alkaline => [
                (3_200, 100),
                (2_800, 70),
                (2_400, 40),
                (2_000, 15),
                (1_800, 5),
                (1_600, 0),
            ],
            Self::Coin => [
                (3_000, 100),
                (2_900, 80),
                (2_700, 50),
                (2_500, 20),
                (2_300, 5),
                (2_200, 0),
            ],
        }
    }

    /// The percentage left at `millivolts`: linear between the points of the curve, rounded to the nearest.
    #[must_use]
    pub fn percent(self, millivolts: u16) -> u8 {
        let curve = self.curve();
        let mut above = (u16::MAX, 100);
        for point in curve {
            if millivolts >= point.0 {
                return between(above, point, millivolts);
            }
            above = point;
        }
        0
    }
}

/// The percentage at `millivolts` on the line from `low` up to `high`.
fn between(high: Point, low: Point, millivolts: u16) -> u8 {
    let rise = u32::from(high.1.abs_diff(low.1));
    let run = u32::from(high.0.abs_diff(low.0)).max(1);
    let along = u32::from(millivolts.abs_diff(low.0));
    let gained = (along.saturating_mul(rise) + run / 2) / run;
    low.1
        .saturating_add(u8::try_from(gained).unwrap_or(u8::MAX))
        .min(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_published_points_and_between_them() {
        let lithium = [
            (2_800, 50),
            (2_600, 35),
            (4_000, 100),
            (1_000, 0),
            (3_600, 100),
            (1_800, 0),
            (1_900, 3),
        ];
        for (millivolts, percent) in lithium {
            assert_eq!(
                Chemistry::LithiumIronDisulfide.percent(millivolts),
                percent,
                "{millivolts} mV"
            );
        }
        assert_eq!(Chemistry::LithiumManganese.percent(3_062), 100);
        assert_eq!(Chemistry::LithiumManganese.percent(2_900), 65);
        assert_eq!(Chemistry::Alkaline.percent(2_952), 81);
        assert_eq!(Chemistry::Coin.percent(2_300), 5);
    }

    #[test]
    fn never_gains_charge_as_the_voltage_falls() {
        for chemistry in [
            Chemistry::LithiumManganese,
            Chemistry::LithiumIronDisulfide,
            Chemistry::Alkaline,
            Chemistry::Coin,
        ] {
            for (millivolts, percent) in chemistry.curve() {
                assert_eq!(
                    chemistry.percent(millivolts),
                    percent,
                    "{chemistry:?} at {millivolts} mV"
                );
            }
            assert!(
                (0..u16::MAX).all(|mv| chemistry.percent(mv) <= chemistry.percent(mv + 1)),
                "{chemistry:?}"
            );
            assert_eq!((chemistry.percent(0), chemistry.percent(u16::MAX)), (0, 100));
        }
    }
}
