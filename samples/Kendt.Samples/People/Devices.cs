namespace Kendt.Samples;

/// <summary>A kind of device with its (shortened) user agent.</summary>
internal sealed record DeviceKind(string Type, string UserAgent);

/// <summary>Devices and their addresses, in the ranges of RFC 5737 that belong to nobody.</summary>
internal static class Devices
{
    public static readonly DeviceKind[] Kinds =
    [
        new("mobile", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) Safari/604.1"),
        new("desktop", "Mozilla/5.0 (Windows NT 10.0) Chrome/131.0"),
        new("mobile", "Mozilla/5.0 (Linux; Android 15) Chrome/131.0 Mobile"),
        new("desktop", "Mozilla/5.0 (Macintosh; Mac OS X 14_6) Safari/605.1"),
        new("tablet", "Mozilla/5.0 (iPad; CPU OS 17_6) Safari/604.1"),
        new("desktop", "Mozilla/5.0 (X11; Linux x86_64) Firefox/132.0"),
    ];

    private static readonly string[] Networks = ["192.0.2", "198.51.100", "203.0.113"];

    public static Device New(Dice dice) => New(dice, dice.PickEarly(Kinds, 1.5));

    public static Device Tablet(Dice dice) => New(dice, Kinds[4]);

    private static Device New(Dice dice, DeviceKind kind) => new(dice.Uuid(), kind, $"{dice.Pick(Networks)}.{dice.Between(1, 254)}");
}
