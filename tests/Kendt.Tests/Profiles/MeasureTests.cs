using Kendt.Model;
using Kendt.Model.Measures;
using Kendt.Profiles;
using Kendt.Store;

namespace Kendt.Tests.Profiles;

public sealed class MeasureTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly ProfileId Anna = new(Guid.CreateVersion7(Start)), Bo = new(Guid.CreateVersion7(Start.AddMinutes(1))), Shop = new(Guid.CreateVersion7(Start.AddMinutes(2))), Group = new(Guid.CreateVersion7(Start.AddMinutes(3))), Top = new(Guid.CreateVersion7(Start.AddMinutes(4)));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task A_refresh_computes_those_of_whom_something_is_new(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        using var values = new MeasureValues(test.Stores, TimeZoneInfo.Utc);
        var measures = new Measures(test.Stores, TimeProvider.System);
        var month = await measures.PutAsync("spend-30", null, MeasureLevel.Profile, MeasureJson.Parse("""{"event":"Order Completed","within":"30d","sum":{"of":"total"}}"""), Cancel);
        await OrderAsync(test.Stores, 1, Anna, Start, 100);
        await OrderAsync(test.Stores, 2, Bo, Start.AddDays(1), 40);
        Assert.Equal(new MeasureChange(2, 2, true), await values.RefreshAsync(month, Start.AddDays(2), false, Cancel));
        Assert.Equal(new MeasureChange(0, 0, false), await values.RefreshAsync(month, Start.AddDays(2), false, Cancel));

        await OrderAsync(test.Stores, 3, Bo, Start.AddDays(3), 2);
        Assert.Equal(new MeasureChange(1, 1, false), await values.RefreshAsync(month, Start.AddDays(3), false, Cancel));
        Assert.Equal((100, 42), (await OfAsync(values, Anna), await OfAsync(values, Bo)));
        // Time alone: Anna's order is 30 days old, Bo's are not.
        Assert.Equal(new MeasureChange(1, 0, false), await values.RefreshAsync(month, Start.AddDays(30), false, Cancel));
        Assert.Equal((null, 42), (await OfAsync(values, Anna), await OfAsync(values, Bo)));
        // A merge: the survivor has both, the other has none.
        await test.Stores.Warehouse.WriteAsync(s => s.LoadAsync("profile_merge", ["seq", "profile_id", "survivor_id", "merged_at"], [[1L, Bo, Anna, Start.AddDays(30)]], Cancel), Cancel);
        Assert.Equal(new MeasureChange(2, 1, false), await values.RefreshAsync(month, Start.AddDays(30), false, Cancel));
        Assert.Equal((42, null), (await OfAsync(values, Anna), await OfAsync(values, Bo)));
        // Everybody computed anew says the same.
        await values.RefreshAsync(month, Start.AddDays(30), true, Cancel);
        Assert.Equal((42, null), (await OfAsync(values, Anna), await OfAsync(values, Bo)));

        await Assert.ThrowsAsync<BadInputException>(() => measures.RemoveAsync("spend-30", ["segment 'gold'"], Cancel));
        Assert.True(await measures.RemoveAsync("spend-30", [], Cancel));
        Assert.Null(await OfAsync(values, Anna));
    }

    [Theory, Engines]
    public async Task A_company_has_the_figures_of_its_people_and_the_business_those_of_all(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await test.Stores.Ledger.WriteAsync(async s =>
        {
            await s.LoadAsync("profile", ["profile_id", "kind", "created_at"], [[Anna, "person", Start], [Bo, "person", Start], [Shop, "account", Start]], Cancel);
            await s.LoadAsync("account_person", ["profile_id", "account_id", "source", "at", "evidence", "person_named_by", "account_named_by"], [[Anna, Shop, "crm", Start, "record:crm:1", "user_id:anna", "account_no:shop"]], Cancel);
        }, Cancel);
        using var values = new MeasureValues(test.Stores, TimeZoneInfo.Utc);
        var measures = new Measures(test.Stores, TimeProvider.System);
        var spend = MeasureJson.Parse("""{"event":"Order Completed","sum":{"of":"total"}}""");
        var (company, business) = (await measures.PutAsync("company", null, MeasureLevel.Account, spend, Cancel), await measures.PutAsync("business", null, MeasureLevel.Business, spend, Cancel));
        await OrderAsync(test.Stores, 1, Anna, Start, 100);
        await OrderAsync(test.Stores, 2, Bo, Start, 40);
        await OrderAsync(test.Stores, 3, Shop, Start, 7);
        foreach (var measure in new[] { company, business }) await values.RefreshAsync(measure, Start.AddDays(2), false, Cancel);
        Assert.Equal(107, await OfAsync(values, Shop));
        Assert.Equal(147, await OfAsync(values, Kendt.Store.Measures.MeasureSql.Business));
        await OrderAsync(test.Stores, 4, Anna, Start.AddDays(1), 1);
        Assert.Equal(new MeasureChange(1, 1, false), await values.RefreshAsync(company, Start.AddDays(3), false, Cancel));
        Assert.Equal(108, await OfAsync(values, Shop));

        // A group has the figures of the companies below it, over any number of steps, and a ring does no harm.
        await test.Stores.Ledger.WriteAsync(async s =>
        {
            await s.LoadAsync("profile", ["profile_id", "kind", "created_at"], [[Group, "account", Start], [Top, "account", Start]], Cancel);
            await s.LoadAsync("account_person", ["profile_id", "account_id", "source", "at", "evidence", "person_named_by", "account_named_by"],
                [[Shop, Group, "crm", Start, "record:crm:2", "account_no:shop", "account_no:group"], [Group, Top, "crm", Start, "record:crm:3", "account_no:group", "account_no:top"], [Top, Group, "crm", Start, "record:crm:4", "account_no:top", "account_no:group"], [Bo, Group, "crm", Start, "record:crm:5", "user_id:bo", "account_no:group"]], Cancel);
        }, Cancel);
        await values.RefreshAsync(company, Start.AddDays(3), true, Cancel);
        Assert.Equal((108, 148, 148), (await OfAsync(values, Shop), await OfAsync(values, Group), await OfAsync(values, Top)));
        await OrderAsync(test.Stores, 5, Anna, Start.AddDays(2), 2);
        Assert.Equal(3, (await values.RefreshAsync(company, Start.AddDays(4), false, Cancel)).Looked);
        Assert.Equal(150, await OfAsync(values, Top));
        Assert.Equal([null, 147, 150], await values.TrendAsync(business.Measure, [Start.AddDays(-1), Start, Start.AddDays(4)], Cancel));
        var look = await values.LookAsync("company", Cancel);
        Assert.Equal((3, 3), (look.Spread!.Count, look.Some.Count));
        Assert.Equal(3, look.Bars.Sum(b => b.Subjects));
    }

    [Theory, Engines]
    public async Task Whose_events_were_moved_is_computed_with_the_next_refresh(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        using var values = new MeasureValues(test.Stores, TimeZoneInfo.Utc);
        var measures = new Measures(test.Stores, TimeProvider.System);
        var spend = MeasureJson.Parse("""{"event":"Order Completed","sum":{"of":"total"}}""");
        var (all, other) = (await measures.PutAsync("spend", null, MeasureLevel.Profile, spend, Cancel), await measures.PutAsync("other", null, MeasureLevel.Profile, spend, Cancel));
        var (tablet, laptop) = (new Identifier(Identifier.AnonymousId, "tablet"), new Identifier(Identifier.AnonymousId, "laptop"));
        await OrderAsync(test.Stores, 1, Anna, Start, 100, tablet);
        await OrderAsync(test.Stores, 2, Anna, Start, 40, laptop);
        foreach (var measure in new[] { all, other }) await values.RefreshAsync(measure, Start.AddDays(1), false, Cancel);
        Assert.Equal((140, null), (await OfAsync(values, Anna), await OfAsync(values, Bo)));

        await SplitAsync(Anna, Bo);
        Assert.Equal(new MeasureChange(2, 2, false), await values.RefreshAsync(all, Start.AddDays(2), false, Cancel));
        Assert.Equal((100, 40), (await OfAsync(values, Anna, "spend"), await OfAsync(values, Bo, "spend")));
        Assert.Equal(new MeasureChange(0, 0, false), await values.RefreshAsync(all, Start.AddDays(2), false, Cancel));
        // The other measure has not come there yet, and a second move comes after a first that nobody waits for any more.
        Assert.Equal(2, await WaitingAsync());
        Assert.Equal(2, (await values.RefreshAsync(other, Start.AddDays(2), false, Cancel)).Looked);
        Assert.Equal(0, await WaitingAsync());
        await SplitAsync(Bo, Anna);
        foreach (var measure in new[] { all, other }) Assert.Equal(2, (await values.RefreshAsync(measure, Start.AddDays(3), false, Cancel)).Looked);
        Assert.Equal((40, 100), (await OfAsync(values, Anna), await OfAsync(values, Bo)));
        await values.RefreshAsync(all, Start.AddDays(3), true, Cancel);
        Assert.Equal((40, 100), (await OfAsync(values, Anna, "spend"), await OfAsync(values, Bo, "spend")));

        Task<long> WaitingAsync() => test.Stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from moved_profile"), Cancel), Cancel);

        Task SplitAsync(ProfileId toTablet, ProfileId toLaptop) => test.Stores.Warehouse.WriteAsync(async s =>
        {
            var profiles = new Dictionary<ProfileId, ProfileId> { [Anna] = Anna, [Bo] = Bo };
            await WarehouseWriter.MoveAsync(s, profiles, new Dictionary<Identifier, ProfileId> { [tablet] = toTablet, [laptop] = toLaptop }, Cancel);
            await MeasureValues.MovedAsync(s, profiles.Values, Cancel);
        }, Cancel);
    }

    [Theory, Engines]
    public async Task A_calendar_month_ends_for_everybody_at_once(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        using var values = new MeasureValues(test.Stores, TimeZoneInfo.FindSystemTimeZoneById("Europe/Copenhagen"));
        var measures = new Measures(test.Stores, TimeProvider.System);
        var last = await measures.PutAsync("orders-last-month", null, MeasureLevel.Profile, MeasureJson.Parse("""{"event":"Order Completed","during":"last month","count":{}}"""), Cancel);
        await OrderAsync(test.Stores, 1, Anna, Start, 100);
        Assert.Equal(0, (await values.RefreshAsync(last, Start.AddDays(1), false, Cancel)).Values);
        Assert.Equal(new MeasureChange(0, 0, false), await values.RefreshAsync(last, new(2026, 1, 31, 22, 59, 0, TimeSpan.Zero), false, Cancel));
        Assert.Equal(new MeasureChange(1, 1, true), await values.RefreshAsync(last, new(2026, 1, 31, 23, 0, 0, TimeSpan.Zero), false, Cancel));
        Assert.Equal(1, await OfAsync(values, Anna));
    }

    private static async Task<double?> OfAsync(MeasureValues values, ProfileId id, string? measure = null) => (await values.OfAsync(id, Cancel)).FirstOrDefault(v => measure is null || v.Measure == measure)?.Value;

    private static Task OrderAsync(Stores stores, int seq, ProfileId who, DateTimeOffset at, double total, Identifier? namedBy = null) => stores.Warehouse.WriteAsync(w => WarehouseWriter.WriteEventsAsync(w, [new(new Happening
    {
        Seq = seq,
        Source = "web",
        MessageId = "m" + seq,
        Type = MessageType.Track,
        Name = "Order Completed",
        At = at,
        ReceivedAt = at,
        Properties = System.Text.Json.JsonSerializer.Serialize(new { total }),
        Context = "{}",
        Identifiers = [],
    }, who, namedBy)], Cancel), Cancel);
}
