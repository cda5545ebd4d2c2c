using System.Globalization;
using System.Text;

namespace Kendt.Bench;

/// <summary>
/// Makes the bodies that are sent: about 450 bytes a message, in the shape of Segment's clients, about <see cref="People"/>
/// people. Every message has an id of its own; the same seed gives the same messages.
/// </summary>
internal sealed class Messages(int seed)
{
    public const int People = 20_000;

    private static readonly string[] Paths = ["/", "/products", "/products/shoes", "/products/jackets", "/basket", "/about", "/stores"];
    private static readonly string[] Names = ["Anna", "Bo", "Camilla", "David", "Emil", "Freja", "Gorm", "Helle", "Ib", "Karen"];
    private static readonly string[] Cities = ["Aarhus", "Odense", "Aalborg", "Esbjerg", "Roskilde"];

    private readonly Random _random = new(seed);
    private long _count;

    /// <summary>A purchase or a look at a product by a known person.</summary>
    public void Track(StringBuilder into)
    {
        Begin(into, "track", Person);
        into.Append(CultureInfo.InvariantCulture, $$"""
            "event":"Product Added","properties":{"product_id":"P{{_random.Next(5000):D5}}","name":"Canvas shoe {{_random.Next(40)}}","category":"Shoes","price":{{_random.Next(100, 2000)}}.50,"quantity":{{_random.Next(1, 4)}},"currency":"DKK","cart_id":"c{{_random.Next(1_000_000):D7}}"},
            """);
        End(into);
    }

    /// <summary>A page seen, or something done on it, in an anonymous browser.</summary>
    public void Anonymous(StringBuilder into)
    {
        var isPage = _random.Next(3) > 0;
        Begin(into, isPage ? "page" : "track", null);
        if (!isPage) into.Append("\"event\":\"Product Viewed\",");
        into.Append(CultureInfo.InvariantCulture, $$"""
            "properties":{"path":"{{Paths[_random.Next(Paths.Length)]}}","title":"A shop for shoes","url":"https://shop.example/products?p={{_random.Next(5000)}}","referrer":"https://search.example/"},
            """);
        End(into);
    }

    /// <summary>Who a person is, with traits.</summary>
    /// <param name="probe">A trait of its own by which one message can be found again.</param>
    public void Identify(StringBuilder into, int? person = null, string? probe = null)
    {
        var n = person ?? _random.Next(People);
        Begin(into, "identify", UserId(n));
        into.Append(CultureInfo.InvariantCulture, $$"""
            "traits":{"email":"person{{n}}@example.com","firstName":"{{Names[n % Names.Length]}}","city":"{{Cities[n % Cities.Length]}}","plan":"{{(n % 3 == 0 ? "plus" : "basic")}}","points":{{_random.Next(1000)}}
            """);
        if (probe is not null) into.Append(CultureInfo.InvariantCulture, $",\"probe\":\"{probe}\"");
        into.Append("},");
        End(into);
    }

    /// <summary>What a server sends: mostly what people did, one message in six who they are.</summary>
    public void Known(StringBuilder into)
    {
        if (_random.Next(6) == 0) Identify(into);
        else Track(into);
    }

    public static string UserId(int person) => "user-" + person.ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>A body with many messages in it.</summary>
    public static string Batch(int count, Action<StringBuilder> one)
    {
        var text = new StringBuilder("{\"batch\":[", count * 480);
        for (var i = 0; i < count; i++)
        {
            if (i > 0) text.Append(',');
            one(text);
        }
        return text.Append("],\"sentAt\":\"2026-01-01T10:00:01.000Z\"}").ToString();
    }

    private string Person => UserId(_random.Next(People));

    private void Begin(StringBuilder into, string type, string? userId)
    {
        into.Append(CultureInfo.InvariantCulture, $"{{\"type\":\"{type}\",\"messageId\":\"ajs-next-{seed:x8}-{_count++:x12}\",\"timestamp\":\"2026-01-01T10:00:00.000Z\",");
        // A device that is a person's own stays so.
        if (userId is null) into.Append(CultureInfo.InvariantCulture, $"\"anonymousId\":\"a0b1c2d3-0000-4000-8000-{_random.Next(People * 3):x12}\",");
        else into.Append(CultureInfo.InvariantCulture, $"\"userId\":\"{userId}\",");
    }

    private static void End(StringBuilder into) =>
        into.Append("\"context\":{\"library\":{\"name\":\"analytics.js\",\"version\":\"next-1.84.3\"},\"locale\":\"da-DK\",\"userAgent\":\"Mozilla/5.0 (X11; Linux x86_64)\"}}");
}
