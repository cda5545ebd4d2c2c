using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Merging;

namespace Kendt.Tests.Segments;

/// <summary>
/// People with odd histories and rules whose values are drawn from the same pools, so that most rules split the people:
/// nulls, wrong types, odd texts, moments exactly at the edges of windows, people of whom nothing is known.
/// </summary>
internal sealed class RandomWorld(int seed)
{
    public static readonly DateTimeOffset Noon = new(2024, 12, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Spring = new DateTimeOffset(2024, 5, 17, 8, 30, 0, 250, TimeSpan.Zero).AddTicks(10);

    private static readonly string[] Windows = ["45m", "7200s", "12h", "1d", "3d", "7d", "30d", "90d", "26w", "365d"];
    private static readonly string[] Afters = ["1s", "10m", "2h", "1d", "7d", "30d"];
    private static readonly string[] Cities = ["Aarhus", "Århus", "ÅRHUS", "A\u030Arhus", "\u212Brhus", "Ærø", "ærø", "København", "\u212Aøbenhavn", "Odense", "odense", " Odense", "Tønder", ""];
    private static readonly string[] Notes = ["Strandvej", "STRANDVEJ", "Ελλάδα", "ΕΛΛΆΔΑ", "Blåbærgrød", "BLÅBÆRGRØD", "100% uld", "100 uld", "a_b", "axb", "A\\b",
        "it's \"so\"", "two\nlines", "støvler 🥾", "null", "--", "Ａ", "ａ", "", "[a]", "(b|c)", "a.b", "x+y", "^$", "𐐀 𐐨", "ǅ ǆ Ǆ", "{{1}}", "$1", "\u0001\t"];
    private static readonly string[] Parts = ["å", "Å", "ø", "nd", "ND", "λ", "Λ", "%", "_", "\\", "'", "\"", "\n", "GRØD", "uld", "🥾", "a", "", "ense", "k", "[", "(B|", ".", "+", "^", "$", "𐐀", "ǆ", "{", "ａ", "\t"];
    private static readonly string[] Names = ["Order Completed", "order completed", "Product Viewed", "Cart Abandoned", "Email Opened", "Købte \"Støvler\""];
    private static readonly int[] Weights = [26, 3, 37, 11, 15, 8];
    private static readonly string[] Times = ["2024-02-30", "2023-02-29", "2024-02-29", "1900-02-29", "2000-02-29T23:59:59.9999999Z", "yesterday", "20240101", "2024-5-1", "", "0000-01-01", "0001-01-01T00:00+14:00",
        "9999-12-31T23:59:59.9999999-12:00", "2024-01-01T24:00", "2024-01-01T12:60", "2024-01-01T12:00:60", "2024-01-01T12:00+24:00", "2024-01-01T12:00.5", "2024-01-01Z", "2024-01-01T12:00:00.12345678",
        "2024-06-01T12:00:00.5+05:45", "2024-06-01 12:00", " 2024-06-01", "2024-06-01\n", "2024-13-01", "2024-06-01T1:00", "２024-06-01", "2024-06-01t12:00z"];

    public static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Random _random = new(seed);

    public sealed record Person(ProfileId Id, List<(string Name, string Value, DateTimeOffset At, long Seq)> Traits, List<(string Name, string Properties, DateTimeOffset At)> Events)
    {
        public ProfileFacts Facts { get; } = new(
            Traits.Select(t => new TraitFact(t.Name, Parse(t.Value), t.At, t.Seq)), Events.Select(e => new EventFact(e.Name, e.At, Parse(e.Properties))), [])
        { Id = Id };

        private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
    }

    private T Of<T>(params T[] items) => items[_random.Next(items.Length)];

    private bool Chance(double chance) => _random.NextDouble() < chance;

    private static TimeSpan Span(string text) => Duration.TryParse(text, out var span) ? TimeSpan.FromTicks(span.Ticks) : throw new ArgumentException(text, nameof(text));

    private DateTimeOffset Any() => new DateTimeOffset(2023, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMilliseconds(_random.NextInt64(731L * 86_400_000));

    private DateTimeOffset Edge() => Of(Noon, Noon, Spring) - Span(Of(Windows)) + Of(-1, 0, 0, 1) * (Chance(0.5) ? TimeSpan.FromMicroseconds(1) : TimeSpan.FromMilliseconds(1));

    private static string Iso(DateTimeOffset at, int hours = 0) =>
        at.ToOffset(TimeSpan.FromHours(hours)).ToString(hours == 0 ? "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture);

    private string Name()
    {
        var at = _random.Next(Weights.Sum());
        for (var i = 0; ; i++)
            if ((at -= Weights[i]) < 0) return Names[i];
    }

    private JsonNode? Time() => _random.Next(9) switch
    {
        0 => Iso(Any())[..10],
        1 => Iso(Any(), 2),
        2 => Iso(Edge()),
        3 => Iso(Edge(), -5),
        4 => Iso(Any())[..16],
        5 => Iso(Any())[..19],
        6 => Of(Times),
        7 => Of<JsonNode?>(null, 1714550400, true),
        _ => Iso(Any()),
    };

    private JsonNode? Number() => Of<JsonNode?>(_random.Next(-400, 4000) / 4.0, _random.Next(-400, 4000) / 4.0, _random.Next(5), "42", 42, 42.0, null, true, -0.0, 0,
        JsonNode.Parse("1e400"), JsonNode.Parse("-1E+9999999"), JsonNode.Parse("1e-400"), JsonNode.Parse("123456789012345678901234567890"), JsonNode.Parse("0.1"), JsonNode.Parse("4.2e1"), JsonNode.Parse("9007199254740993"));

    private JsonObject Picked(double chance, params (string Name, Func<JsonNode?> Value)[] every)
    {
        var found = new JsonObject();
        foreach (var (name, value) in every)
            if (Chance(chance)) found[name] = value();
        return found;
    }

    private JsonObject Traits() => Picked(0.55,
        ("city", () => Of<JsonNode?>([.. Cities, null, 8000, false])),
        ("plan", () => Of<JsonNode?>("free", "free", "gold", "Gold", "GOLD ", "1", 1, 1.0, true, "true", 0, null, new JsonArray("gold"), new JsonObject { ["name"] = "gold" })),
        ("points", Number),
        ("vip", () => Of<JsonNode?>(true, false, true, false, "true", "True", 1, 0, null)),
        ("address", () => Of<JsonNode?>(new JsonObject { ["city"] = Of(Cities), ["zip"] = Of<JsonNode?>("8000", 8000, "2100", null), ["*"] = "any", ["a\"b\\c"] = 7 },
            new JsonObject { ["zip"] = "8000", ["geo"] = new JsonObject { ["lat"] = _random.Next(540, 580) / 4.0 } }, new JsonObject(), "Åboulevarden 1", null, new JsonArray(new JsonObject { ["city"] = "Odense" }))),
        ("joined", Time),
        ("note", () => Of(Notes)),
        ("$x/y~", () => Of<JsonNode?>("a", 1, new JsonObject { ["0"] = "b" }, new JsonArray("b"))));

    private JsonObject Properties() => Picked(0.75,
        ("revenue", () => Of<JsonNode?>(_random.Next(8000) / 4.0, _random.Next(8000) / 4.0, _random.Next(2000), -_random.Next(8000) / 4.0, 0, "129.75", null, true, 1e3)),
        ("weight", Number),
        ("qty", () => Of<JsonNode?>(1, 1, 2, 3, 1.0, "1", null)),
        ("sku", () => Of<JsonNode?>("A1", "a1", "A2", "1", "2", 1, 2, 1.0, 2.5, true, "true", false, null, new JsonArray("A1"), "Å1", -0.0, 0)),
        ("item", () => Of<JsonNode?>(new JsonObject { ["category"] = Of("boots", "Boots", "tents", "jakker", "JAKKER", "løb"), ["price"] = _random.Next(900) / 4.0 },
            new JsonObject { ["category"] = Of("boots", "LØB"), ["price"] = _random.Next(900) / 4.0 }, new JsonObject { ["category"] = null }, new JsonObject { ["price"] = "12.5" }, "boots", null, new JsonArray(new JsonObject { ["category"] = "boots" }))),
        ("coupon", () => Of<JsonNode?>("SOMMER", "sommer24", "jul%", "JULØL", "julØl", "", null, 24)),
        ("due", Time));

    public List<Person> People(int count)
    {
        var people = new List<Person>();
        var seq = 0L;
        for (var number = 0; number < count; number++)
        {
            var traits = new List<(string, string, DateTimeOffset, long)>();
            var events = new List<(string, string, DateTimeOffset)>();
            for (var i = Of(0, 0, 1, 1, 2, 3, 5); i > 0; i--)
            {
                var at = Chance(0.2) ? Of(Noon, Spring) + TimeSpan.FromMicroseconds(Of(-1, 0, 1)) : Any();
                foreach (var (name, value) in Traits()) traits.Add((name, value?.ToJsonString(Chance(0.5) ? Relaxed : null) ?? "null", at, ++seq));
            }
            var ts = Any();
            for (var i = Math.Min(80, (int)(5.7 / Math.Pow(1 - _random.NextDouble(), 1 / 1.3)) - 5); i > 0; i--)
            {
                ts = _random.NextDouble() switch
                {
                    < 0.4 => Any(),
                    < 0.75 => ts + Span(Of(Afters)) * Of(0, 1, 1) + TimeSpan.FromMicroseconds(Of(-1, 0, 0, 1)),
                    < 0.95 => Edge(),
                    _ => Of(Noon, Spring) + TimeSpan.FromMicroseconds(Of(-1, 0, 0, 1, 60_000_000)),
                };
                events.Add((Name(), Properties().ToJsonString(Chance(0.5) ? Relaxed : null), ts));
            }
            if (traits.Count + events.Count == 0) events.Add(("Nothing Else", "{}", Any()));
            people.Add(new(ProfileId.For(new("user_id", $"p{number}"), Noon.AddMilliseconds(seed % 1000)), traits, events));
        }
        return people;
    }

    private JsonNode N(int low, int high) => Chance(0.5) ? _random.Next(low, high + 1) : _random.Next(low * 4, high * 4 + 1) / 4.0;

    private JsonObject NumberOps(int low, int high)
    {
        var op = Of("above", "atLeast", "below", "atMost", "between", "is", "isNot", "in", "notIn", "two");
        if (op == "two") return new() { ["atLeast"] = N(low, high), ["below"] = N(low, high) };
        if (op is "in" or "notIn") return new() { [op] = new JsonArray([.. Enumerable.Range(0, Of(0, 1, 3, 60)).Select(_ => N(low, high))]) };
        if (op != "between") return new() { [op] = N(low, high) };
        double a = _random.Next(low, high + 1), b = _random.Next(low, high + 1);
        return new() { [op] = new JsonArray(Math.Min(a, b), Math.Max(a, b)) };
    }

    private JsonObject ValueOps(params JsonNode[] pool)
    {
        var op = Of("is", "isNot", "in", "notIn", "exists", "two");
        JsonNode One() => Of(pool).DeepClone();
        return op switch
        {
            "exists" => new() { [op] = Chance(0.5) },
            "two" => new() { ["exists"] = true, ["isNot"] = One() },
            "in" or "notIn" => new() { [op] = new JsonArray([.. Enumerable.Range(0, Of(0, 1, 2, 4, 55)).Select(_ => One())]) },
            _ => new() { [op] = One() },
        };
    }

    private JsonObject TextOps(string[] pool)
    {
        if (Chance(0.35)) return ValueOps([.. pool.Select(p => (JsonNode)p), 24, true]);
        var some = Of(pool);
        return new() { [Of("contains", "startsWith", "endsWith")] = Chance(0.6) ? Of(Parts) : some.Length < 3 ? some : Swapped(some[..3]) };
    }

    private static string Swapped(string text) => string.Concat(text.Select(c => char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c)));

    private string At() => Chance(0.3) ? Iso(Any())[..10] : Chance(0.3) ? Iso(Edge()) : Iso(Any(), Of(0, 2));

    private JsonObject TimeOps() => Of("before", "after", "withinLast", "withinLast", "two") switch
    {
        "two" => new() { ["after"] = At(), ["before"] = At() },
        "withinLast" => new() { ["withinLast"] = Of(Windows) },
        var op => new() { [op] = At() },
    };

    private static JsonObject With(string key, JsonNode value, JsonObject more)
    {
        var all = new JsonObject { [key] = value };
        foreach (var (name, node) in more) all[name] = node?.DeepClone();
        return all;
    }

    private JsonObject Where(double chance)
    {
        var found = new JsonArray();
        while (found.Count < 3 && Chance(chance))
        {
            found.Add(_random.Next(8) switch
            {
                0 => With("property", Of("revenue", "weight"), NumberOps(-100, 1500)),
                1 => With("property", "qty", ValueOps(1, 2, 3, "1")),
                2 => With("property", "sku", ValueOps("A1", "a1", "1", 1, 2, true, "true")),
                3 => With("property", "sku", new() { ["exists"] = Chance(0.5) }),
                4 => With("property", "item.category", TextOps(["boots", "Boots", "løb", "JAKKER"])),
                5 => With("property", "item.price", NumberOps(0, 200)),
                6 => With("property", "coupon", TextOps(["SOMMER", "jul%", "JULØL", ""])),
                _ => With("property", "due", TimeOps()),
            });
        }
        return found.Count == 0 ? [] : new() { ["where"] = found };
    }

    private JsonObject Trait() => _random.Next(15) switch
    {
        0 => With("trait", "city", TextOps(Cities)),
        1 => With("trait", "plan", ValueOps("free", "gold", "Gold", "1", 1, true, "true", 0)),
        2 => With("trait", "points", NumberOps(-100, 1000)),
        3 => With("trait", "points", ValueOps(42, 0, "42", true, 0.1, 9007199254740992)),
        4 => With("trait", "vip", ValueOps(true, false, "true", 1)),
        5 => With("trait", "address.city", TextOps(Cities)),
        6 => With("trait", "address.zip", ValueOps("8000", 8000, "2100")),
        7 => With("trait", "address.geo.lat", NumberOps(130, 146)),
        8 => With("trait", Of("address", "address.*", "address.a\"b\\c", "address.0", "address.0.city", "$x/y~", "$x/y~.0"), ValueOps("any", 7, "a", "b")),
        9 => With("trait", "joined", TimeOps()),
        10 => With("trait", "joined", Chance(0.5) ? TimeOps() : new() { ["anniversaryIn"] = Of("1s", "1d", "7d", "36h", "100d", "366d") }),
        11 or 12 or 13 => With("trait", "note", TextOps(Notes)),
        _ => With("trait", "nobody.has", ValueOps("x")),
    };

    private JsonObject Event()
    {
        JsonObject window = _random.Next(6) switch
        {
            0 => [],
            1 or 2 => new() { ["within"] = Of(Windows) },
            3 => new() { ["from"] = At() },
            4 => new() { ["to"] = At() },
            _ => new() { ["from"] = "2023-06-01", ["to"] = Iso(Edge()) },
        };
        var number = Of("revenue", "revenue", "qty", "item.price");
        JsonObject aggregate = _random.Next(11) switch
        {
            0 or 1 => [],
            2 => new() { ["count"] = NumberOps(0, 4) },
            3 => new() { ["count"] = new JsonObject { ["is"] = _random.Next(3) } },
            4 => new() { ["sum"] = With("of", number, NumberOps(0, 3000)) },
            5 => new() { ["average"] = With("of", number, NumberOps(0, 1200)) },
            6 => new() { [Of("min", "max")] = With("of", Of(number, "weight"), NumberOps(0, 1500)) },
            7 => new() { ["distinct"] = With("of", Of("sku", "item.category", "item", "coupon", "qty", "weight"), NumberOps(0, 4)) },
            8 => new() { [Of("days", "weeks", "months", "years")] = NumberOps(0, 4) },
            _ => new() { [Of("first", "last")] = TimeOps() },
        };
        var rule = With("event", Name(), Where(0.4));
        foreach (var (key, value) in window.Concat(aggregate)) rule[key] = value?.DeepClone();
        return rule;
    }

    private JsonObject Sequence()
    {
        var steps = new JsonArray(With("event", Name(), Where(0.15)));
        for (var i = Of(1, 1, 1, 2, 3); i > 0; i--)
        {
            var step = With("event", Name(), Where(0.15));
            if (Chance(0.6)) step["after"] = Of(Afters);
            steps.Add(step);
        }
        var rule = new JsonObject { ["sequence"] = steps };
        if (Chance(0.5)) rule["without"] = With("event", Name(), Where(0.3));
        if (Chance(0.6)) rule["within"] = Of(Windows[^4..]);
        if (Chance(0.4)) rule["span"] = Of(Windows);
        return rule;
    }

    public JsonObject Rule(int depth, IReadOnlyList<string> stored)
    {
        var shape = _random.NextDouble();
        if (depth == 0 || shape < 0.35)
        {
            return _random.Next(100) switch
            {
                < 36 => Trait(),
                < 76 => Event(),
                < 94 => Sequence(),
                < 96 => With("sample", Of("a", "b"), NumberOps(0, 100)),
                _ when stored.Count == 0 => Trait(),
                _ => new() { ["segment"] = stored[_random.Next(stored.Count)] },
            };
        }
        if (shape < 0.5) return new() { ["not"] = Rule(depth - 1, stored) };
        return new() { [shape < 0.75 ? "all" : "any"] = new JsonArray([.. Enumerable.Range(0, Of(0, 1, 2, 2, 2, 3, 3, 4)).Select(_ => Rule(depth - 1, stored))]) };
    }

    public List<Filter> Rules(int count, IReadOnlyList<string> stored) =>
        [.. Enumerable.Range(0, count).Select(_ => FilterJson.Parse(Rule(Of(0, 0, 1, 2, 3), stored).ToJsonString()))];
}
