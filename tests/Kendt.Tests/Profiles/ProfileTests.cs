using System.Text.Json;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Unify;

namespace Kendt.Tests.Profiles;

public sealed class ProfileTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task The_latest_word_holds_and_the_others_stay(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var id = (await SayAsync(test, 1, "web", ["user_id:u1"], """{"firstName":"Søren","city":"Århus"}"""))[0];
        await SayAsync(test, 3, "crm", ["user_id:u1", "email:soren@b.dk"], """{"city":"Odense"}""");
        await SayAsync(test, 2, "web", ["user_id:u1"], """{"city":"Vejle"}""");
        var profile = await new ProfileReader(test.Stores).ReadAsync("user_id:u1", Cancel);
        Assert.NotNull(profile);
        Assert.Equal(id, profile.Id);
        Assert.Equal(["Odense", "Vejle"], profile.Traits["city"].Select(t => t.Value.GetString()));
        Assert.Equal("Søren", profile.DisplayName());
        Assert.Single(profile.Links);
    }

    [Theory, Engines]
    public async Task People_are_found_as_one_types(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var soren = (await SayAsync(test, 1, "web", ["user_id:W0001", "email:soren.kjaer@b.dk", "phone:+4520304050"], """{"firstName":"Søren","lastName":"Kjær"}"""))[0];
        var anna = (await SayAsync(test, 2, "web", ["user_id:W0002", "email:anna@b.dk"], """{"firstName":"Anna","lastName":"Kjærgaard"}"""))[0];
        var reader = new ProfileReader(test.Stores);
        foreach (var text in new[] { "soe kjae", "Søren", "soren.kj", "soren.kjaer@b", "2030 40", "+45 20 30", "w0001", "user_id:W0001" })
            Assert.Equal([soren], await reader.SearchAsync(text, null, null, 10, Cancel));
        Assert.Equal([anna, soren], await reader.SearchAsync("kjær", null, null, 10, Cancel));
        Assert.Empty(await reader.SearchAsync("søren anna", null, null, 10, Cancel));
        await SayAsync(test, 3, "web", ["user_id:W0001"], """{"lastName":"Holm"}""");
        Assert.Equal([soren], await reader.SearchAsync("holm", null, null, 10, Cancel));
        Assert.Equal([anna], await reader.SearchAsync("kjærg", null, null, 10, Cancel));
    }

    [Theory, Engines]
    public async Task A_merge_folds_documents_and_old_ids_still_find_the_profile(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var one = (await SayAsync(test, 1, "web", ["user_id:u1"], """{"firstName":"Ida"}"""))[0];
        var two = (await SayAsync(test, 2, "shop", ["loyalty_no:L1"], """{"lastName":"Lund"}"""))[0];
        await SayAsync(test, 3, "crm", ["user_id:u1", "loyalty_no:L1"], "{}");
        var profile = await new ProfileReader(test.Stores).ReadAsync(two.ToString(), Cancel);
        Assert.Equal(one, profile!.Id);
        Assert.Equal("Ida Lund", profile.DisplayName());
        Assert.Equal([two], profile.Merges.Select(m => m.Loser));
    }

    [Theory, Engines]
    public async Task The_timeline_pages_backwards_over_merged_ids(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var visitor = (await SayAsync(test, 1, "web", ["anonymous_id:a1"], "{}"))[0];
        var known = (await SayAsync(test, 2, "web", ["user_id:u1"], "{}"))[0];
        await test.Stores.Warehouse.WriteAsync(w => WarehouseWriter.WriteEventsAsync(w, Enumerable.Range(0, 25).Select(i => new OwnedHappening(Event(i), i % 2 == 0 ? visitor : known)), Cancel), Cancel);
        var survivor = (await SayAsync(test, 3, "web", ["user_id:u1", "anonymous_id:a1"], "{}"))[0];
        var timeline = new Timeline(test.Stores);
        var seen = new List<long>();
        string? cursor = null;
        do
        {
            var page = await timeline.ReadAsync(survivor, new(), cursor, 10, Cancel);
            seen.AddRange(page.Events.Select(e => e.Seq));
            cursor = page.Next;
        } while (cursor is not null);
        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(i => (long)i), seen);
        Assert.Equal(12, (await timeline.ReadAsync(survivor, new() { Names = ["Odd"] }, null, 50, Cancel)).Events.Count);
        await Assert.ThrowsAsync<BadInputException>(() => timeline.ReadAsync(survivor, new(), "nonsense", 10, Cancel));
    }

    [Theory, Engines]
    public async Task Valuable_and_quiet_customers_and_their_interests(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var good = (await SayAsync(test, 1, "web", ["user_id:u1"], "{}"))[0];
        var gone = (await SayAsync(test, 2, "web", ["user_id:u2"], "{}"))[0];
        var day = TimeSpan.FromDays(1);
        var events = Enumerable.Range(0, 10).Select(i => new OwnedHappening(Order(i, Start + i * 30 * day, 100), good))
            .Concat(Enumerable.Range(10, 3).Select(i => new OwnedHappening(Order(i, Start + (i - 10) * 10 * day, 50.5), gone)));
        await test.Stores.Warehouse.WriteAsync(w => WarehouseWriter.WriteEventsAsync(w, events, Cancel), Cancel);
        var customers = new Customers(test.Stores);
        var asOf = Start + 280 * day;
        var valuable = await customers.ValuableAsync(asOf, 5, Cancel);
        Assert.Equal((2L, 1151.5, good), (valuable.Buyers, valuable.Revenue, valuable.Best[0].Profile));
        Assert.Equal(1000 / 1151.5, valuable.TopTenthShare, 6);
        var quiet = await customers.QuietAsync(asOf, 180 * day, 5, Cancel);
        Assert.Equal((2L, 1L, gone), (quiet.Buyers, quiet.Quiet, quiet.Most.Single().Profile));
        Assert.Equal([new Interest("tents", 2, 2, 0, 13)], await customers.InterestsAsync(null, asOf, 365 * day, 5, Cancel));
        Assert.Equal(1000, (await customers.MeasuresAsync([good], Cancel))[good].Spend);
    }

    private static Happening Event(int i) => new()
    {
        Seq = i,
        Source = "web",
        MessageId = "m" + i,
        Type = MessageType.Track,
        Name = i % 2 == 0 ? "Even" : "Odd",
        At = Start.AddMinutes(i / 3),
        ReceivedAt = Start.AddMinutes(i),
        Properties = "{}",
        Context = "{}",
        Identifiers = [],
    };

    private static Happening Order(int i, DateTimeOffset at, double total) => Event(i) with
    {
        Name = "Order Completed",
        At = at,
        Properties = JsonSerializer.Serialize(new { total, products = new[] { new { category = "tents" } } }),
    };

    private static async Task<IReadOnlyList<ProfileId>> SayAsync(TestStores test, int minute, string source, string[] identifiers, string traits)
    {
        var at = Start.AddMinutes(minute);
        var sighting = new Sighting(source, $"message:{source}:{minute}", at, [.. identifiers.Select(i => Identifier.TryParse(i, out var parsed) ? parsed : throw new ArgumentException(i))]);
        return await test.Stores.Ledger.WriteAsync(async ledger =>
        {
            var stitched = await new Stitch(IdentifierRules.Default, new(IdentifierRules.Default)).RunAsync(ledger, [sighting], Cancel);
            var news = new TraitNews(stitched.Profiles[0]!.Value, source, sighting.Evidence, minute, at, JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(traits)!);
            await new ProfileWriter(TimeProvider.System).WriteAsync(ledger, [news], stitched.Merges, [stitched.Profiles[0]!.Value], Cancel);
            return (IReadOnlyList<ProfileId>)[.. stitched.Profiles.Select(p => p!.Value)];
        }, Cancel);
    }
}
