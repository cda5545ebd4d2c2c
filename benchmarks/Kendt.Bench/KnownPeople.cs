using System.Globalization;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Bench;

/// <summary>People of whom much is known, put into the ledger in bulk: three identifiers, a dozen traits, consents, segments and measures each.</summary>
internal static class KnownPeople
{
    private const int Chunk = 50_000, Companies = 1_000;
    private static readonly string[] Types = ["anonymous_id", "email", "user_id"], Purposes = ["email_marketing", "personalisation"], Measures = ["average-basket", "days-since", "lifetime-spend", "orders", "sessions-30"];
    private static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task LoadAsync(Stores stores, int people, CancellationToken cancel)
    {
        var companies = Enumerable.Range(0, Companies).Select(i => ProfileId.For(new("account_no", "c" + i), Start)).Order().ToList();
        await stores.Ledger.WriteAsync(s => s.LoadAsync("profile", ["profile_id", "kind", "created_at"], companies.Select(id => new object?[] { id, "account", Start }), cancel), cancel);
        for (var from = 0; from < people; from += Chunk)
        {
            var some = Enumerable.Range(from, Math.Min(Chunk, people - from)).Select(i => (Number: i, At: Start.AddSeconds(i))).Select(p => (p.Number, p.At, Id: ProfileId.For(new("user_id", Messages.UserId(p.Number)), p.At))).ToList();
            await stores.Ledger.WriteAsync(async s =>
            {
                await s.LoadAsync("profile", ["profile_id", "kind", "created_at"], some.Select(p => new object?[] { p.Id, "person", p.At }), cancel);
                foreach (var type in Types)
                    await s.LoadAsync("identifier", ["type", "value", "profile_id", "source", "first_seen"], some.Select(p => new object?[] { type, Value(type, p.Number), p.Id, "web", p.At }), cancel);
                foreach (var type in Types.Take(2))
                    await s.LoadAsync("link", ["left_type", "left_value", "right_type", "right_value", "rule", "evidence", "source", "weight", "at"],
                        some.Select(p => new object?[] { "user_id", Value("user_id", p.Number), type, Value(type, p.Number), "seen_together", "message:web:" + p.Number, "web", 1.0, p.At }), cancel);
                await s.LoadAsync("profile_document", ["profile_id", "document", "updated_at"], some.Select(p => new object?[] { p.Id, Document(p.Number, p.At), p.At }), cancel);
                await s.LoadAsync("account_person", ["profile_id", "account_id", "source", "at", "evidence", "person_named_by", "account_named_by"],
                    some.Where(p => p.Number % 10 == 0).Select(p => new object?[] { p.Id, companies[p.Number / 10 % Companies], "crm", p.At, "record:crm:" + p.Number, "user_id:" + Messages.UserId(p.Number), "account_no:c" }), cancel);
                await s.LoadAsync("consent", ["profile_id", "purpose", "state", "at", "source", "evidence", "seq"],
                    some.SelectMany(p => Purposes.Select((purpose, i) => new object?[] { p.Id, purpose, (p.Number + i) % 3 == 0 ? "denied" : "granted", p.At, "web", "message:web:" + p.Number, p.Number * 2L + i })), cancel);
                await s.LoadAsync("segment_member", ["profile_id", "segment", "entered_at"], some.SelectMany(p => Enumerable.Range(0, 4).Select(i => new object?[] { p.Id, "segment-" + (i * 10 + p.Number % 10), p.At })), cancel);
                await s.LoadAsync("measure_figure", ["subject", "measure", "value", "as_of"], some.SelectMany(p => Measures.Select((m, i) => new object?[] { p.Id, m, p.Number % 1000 / 4.0 + i, p.At })), cancel);
            }, cancel);
        }
        await stores.Ledger.RestAsync(cancel);
    }

    private static string Value(string type, int person) => type switch
    {
        "user_id" => Messages.UserId(person),
        "email" => string.Create(CultureInfo.InvariantCulture, $"person{person:D8}@example.com"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{person:D12}-4c1f-9d1e"),
    };

    private static string Document(int person, DateTimeOffset at)
    {
        var said = string.Create(CultureInfo.InvariantCulture, $"""
            "s":"web","t":"{at:O}","e":"message:web:{person}"
            """);
        var traits = new (string Name, string Value)[]
        {
            ("firstName", "\"Søren\""), ("lastName", "\"Kjærgaard\""), ("email", $"\"{Value("email", person)}\""), ("phone", $"\"+45{person:D8}\""), ("age", (20 + person % 60).ToString(CultureInfo.InvariantCulture)), ("plan", person % 7 == 0 ? "\"gold\"" : "\"free\""),
            ("address", "{\"street\":\"Åboulevarden 12\",\"city\":\"Aarhus\",\"postalCode\":\"8000\",\"country\":\"DK\"}"), ("points", (person % 1000).ToString(CultureInfo.InvariantCulture)), ("newsletter", "true"), ("language", "\"da\""), ("birthday", "\"1980-03-04\""), ("shoeSize", "42"),
        };
        return "{\"traits\":{" + string.Join(',', traits.Select(t => $$"""
            "{{t.Name}}":[{"v":{{t.Value}},{{said}}}]
            """)) + "}}";
    }
}
