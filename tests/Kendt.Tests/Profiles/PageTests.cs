using System.Text;
using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Model.Measures;
using Kendt.Profiles;
using Kendt.Unify;

namespace Kendt.Tests.Profiles;

/// <summary>A page that is kept is never another than the one that would be read.</summary>
public sealed class PageTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Names = ["user_id:u0", "user_id:u1", "user_id:u2", "email:e0@b.dk", "email:e1@b.dk", "loyalty_no:l0", "loyalty_no:l1"], Numbers = ["account_no:a0", "account_no:a1"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task What_changed_is_seen_at_once(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var pages = new ProfilePages(test.Stores);
        using var values = new MeasureValues(test.Stores, TimeZoneInfo.Utc);
        var random = new Random(5);
        var (writer, consents, stitch) = (new ProfileWriter(TimeProvider.System), new Consents(test.Stores), new Stitch(IdentifierRules.Default, new Decisions(IdentifierRules.Default)));
        for (var i = 1; i <= 250; i++)
        {
            var at = Start.AddMinutes(i);
            await test.Stores.Ledger.WriteAsync(async s =>
            {
                var (one, other, account) = (Names[random.Next(Names.Length)], Names[random.Next(Names.Length)], Numbers[random.Next(2)]);
                var (kind, evidence) = (random.Next(6), "message:web:" + i);
                var seen = await stitch.RunAsync(s, [new("web", evidence, at, [.. (kind < 2 ? new[] { one, other } : [one]).Select(Id)]), new("web", evidence, at, [Id(account)], IsAccount: true)], Cancel);
                var (who, company) = (seen.Profiles[0]!.Value, seen.Profiles[1]!.Value);
                await writer.WriteAsync(s, kind == 2 ? [new(who, "web", evidence, i, at, new Dictionary<string, JsonElement> { ["n"] = JsonElement.Parse(i.ToString(System.Globalization.CultureInfo.InvariantCulture)) })] : [], seen.Merges, [], Cancel);
                if (kind == 3) await consents.RecordAsync(s, [new(who, new("mail", i % 2 == 0 ? ConsentState.Granted : ConsentState.Denied, at), "web", evidence)], Cancel);
                if (kind == 4) await Accounts.BelongAsync(s, [new(who, company, "web", evidence, at, Id(one), Id(account))], Cancel);
            }, Cancel);
            foreach (var asked in Names.Concat(Numbers))
            {
                var kept = await pages.WrittenAsync(asked, "", Write, Cancel);
                var read = await pages.ReadAsync(asked, Cancel) is { } page ? Write(page) : (ReadOnlyMemory<byte>?)null;
                Assert.Equal(Text(read), Text(kept));
            }
        }
        // Where this process alone writes, nothing was read twice.
        var again = false;
        await pages.WrittenAsync("user_id:u0", "", page => { again = true; return Write(page); }, Cancel);
        Assert.Equal(on is On.Postgres, again);
    }

    [Theory, Engines]
    public async Task Members_and_figures_are_seen_at_once_too(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var pages = new ProfilePages(test.Stores);
        var stitched = await test.Stores.Ledger.WriteAsync(s => new Stitch(IdentifierRules.Default, new Decisions(IdentifierRules.Default)).RunAsync(s, [new("web", "message:web:1", Start, [Id("user_id:u")])], Cancel), Cancel);
        var me = stitched.Profiles[0]!.Value;
        using var values = new MeasureValues(test.Stores, TimeZoneInfo.Utc);
        var orders = await new Measures(test.Stores, TimeProvider.System).PutAsync("orders", null, MeasureLevel.Profile, MeasureJson.Parse("""{"event":"Order Completed","count":{}}"""), Cancel);
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(i == 1 ? "" : $"orders {i - 1}", Text(await pages.WrittenAsync("user_id:u", "", Figures, Cancel)));
            await test.Stores.Warehouse.WriteAsync(w => WarehouseWriter.WriteEventsAsync(w, [new(new Happening
            {
                Seq = i,
                Source = "web",
                MessageId = "m" + i,
                Type = MessageType.Track,
                Name = "Order Completed",
                At = Start,
                ReceivedAt = Start,
                Properties = "{}",
                Context = "{}",
                Identifiers = [],
            }, me)], Cancel), Cancel);
            Assert.Equal(1, (await values.RefreshAsync(orders, Start.AddDays(i), i == 3, Cancel)).Values);
        }
        Assert.Equal("orders 3", Text(await pages.WrittenAsync(me.ToString(), "", Figures, Cancel)));
    }

    [Fact]
    public async Task So_much_is_kept_and_no_more()
    {
        await using var test = await TestStores.OpenAsync(On.Embedded);
        var pages = new ProfilePages(test.Stores, mostBytes: 100_000);
        await test.Stores.Ledger.WriteAsync(s => new Stitch(IdentifierRules.Default, new Decisions(IdentifierRules.Default)).RunAsync(s, [.. Enumerable.Range(0, 100).Select(i => new Sighting("web", "message:web:" + i, Start, [Id("user_id:p" + i)]))], Cancel), Cancel);
        var written = 0;
        for (var round = 0; round < 2; round++) for (var i = 0; i < 100; i++) await AskAsync(i);
        Assert.Equal(200, written); // a hundred of 5 KB do not stay in 100 KB
        await AskAsync(99);
        Assert.Equal(200, written);

        async Task AskAsync(int i) => Assert.Equal(5000, (await pages.WrittenAsync("user_id:p" + i, "", _ =>
        {
            written++;
            return new byte[5000];
        }, Cancel))!.Value.Length);
    }

    private static Identifier Id(string text) => Identifier.TryParse(text, out var id) ? id : throw new ArgumentException(text);

    private static ReadOnlyMemory<byte> Write(ProfilePage page) => JsonSerializer.SerializeToUtf8Bytes(page);

    private static ReadOnlyMemory<byte> Figures(ProfilePage page) => Encoding.UTF8.GetBytes(string.Join(", ", page.Measures.Select(m => $"{m.Measure} {m.Value}")));

    private static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } b ? Encoding.UTF8.GetString(b.Span) : null;
}
