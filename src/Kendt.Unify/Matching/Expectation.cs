namespace Kendt.Unify.Matching;

/// <summary>
/// What a person would expect of the levels before any data are seen. It begins the learning, counts a fifth as much as what is seen, and
/// bounds it: learning may not turn the meaning of a level round (that a different house number is usual at one address, say).
/// </summary>
internal static class Expectation
{
    // What is expected of two records of one person before any are seen, by level from "equal" on.
    private static readonly double[][] Usual =
    [
        [0.75, 0.05, 0.08, 0.04, 0.03, 0.01, 0.04], // name
        [0.87, 0.05, 0.02, 0.03, 0.01, 0.02], // date
        [0.85, 0.06, 0.03, 0.06], // postcode
        [0.85, 0.07, 0.08], // place
        [0.75, 0.07, 0.10, 0.02, 0.02, 0.04], // street
        [0.70, 0.05, 0.25], // phone
        [0.65, 0.04, 0.04, 0.04, 0.23], // email
        [0.85, 0.08, 0.07], // identity
        [0.56, 0.17, 0.13, 0.06, 0.03, 0.05], // words
        [0.80, 0.05, 0.15], // same
    ];

    // What two strangers at one place are expected to share: mostly the surname, sometimes the rest.
    private static readonly double[][] UsualNear =
    [
        [0.70, 0.01, 0.05, 0.02, 0.02, 0, 0.20], [], [], [0.40, 0.05, 0.55], [], [0.25, 0.02, 0.73], [0.10, 0.01, 0.01, 0.03, 0.85], [], [], [],
    ];

    /// <summary>Of two records of one person or company (for a place: of one place), by level from "equal" on.</summary>
    public static double[] Of(Field field) => Usual[(int)field.Comparison];

    /// <summary>Of two strangers at one place, for fields that they may share.</summary>
    public static double[] Near(Field field) => field.Role is Role.Shared ? UsualNear[(int)field.Comparison] : Usual[(int)field.Comparison];
}
