using CsCheck;
using Kendt.Model;
using Kendt.Model.Measures;
using Kendt.Store;
using Kendt.Store.Measures;
using Kendt.Tests.Segments;

namespace Kendt.Tests.Profiles;

/// <summary>One measure, one meaning: the SQL of each engine gives the figures that are computed from each list of events.</summary>
public sealed class MeasureParityTests
{
    private static readonly string[] Windows = ["", ",\"within\":\"30d\"", ",\"within\":\"365d\"", ",\"during\":\"this month\"", ",\"during\":\"last year\"", ",\"from\":\"2024-03-01\",\"to\":\"2024-09-01\""];
    private static readonly string[] Names = ["Order Completed", "Product Viewed", "*"];
    private static readonly string[] Tests = ["", ",\"where\":[{\"property\":\"qty\",\"atLeast\":1}]", ",\"where\":[{\"property\":\"item.category\",\"contains\":\"BOOT\"},{\"property\":\"coupon\",\"exists\":true}]"];
    private static readonly string[] Figures =
    [
        "\"count\":{}", "\"sum\":{\"of\":\"revenue\"}", "\"average\":{\"of\":\"item.price\"}", "\"min\":{\"of\":\"revenue\"}", "\"max\":{\"of\":\"qty\"}", "\"distinct\":{\"of\":\"sku\"}", "\"first\":{\"of\":\"revenue\"}",
        "\"last\":{\"of\":\"qty\"}", "\"percentile\":{\"of\":\"revenue\",\"at\":90}", "\"percentile\":{\"of\":\"revenue\",\"at\":12.5}", "\"since\":{\"which\":\"last\",\"unit\":\"day\"}", "\"since\":{\"which\":\"first\",\"unit\":\"week\"}",
        "\"streak\":{\"which\":\"longest\",\"unit\":\"week\"}", "\"streak\":{\"which\":\"current\",\"unit\":\"month\"}", "\"days\":{}", "\"sessions\":{}",
    ];

    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Copenhagen");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task The_sql_of_random_measures_gives_the_figures_of_each_list_of_events(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await Gen.Int[0, 1_000_000].SampleAsync(async seed =>
        {
            var people = new RandomWorld(seed).People(60);
            var random = new Random(seed);
            await test.Stores.Warehouse.WriteAsync(async s =>
            {
                await s.ExecuteAsync(Sql.Of($"delete from trait_log"), Cancel);
                await s.ExecuteAsync(Sql.Of($"delete from event_log"), Cancel);
            }, Cancel);
            await Kendt.Tests.Segments.Warehouse.LoadAsync(test.Stores, people, Cancel);
            var accounts = people.Take(6).Select(p => p.Id).ToList();
            foreach (var level in Enum.GetValues<MeasureLevel>())
            {
                foreach (var figure in Figures)
                {
                    var measure = MeasureJson.Parse(random.Next(4) > 0 ? Json(figure) : "{\"ratio\":{\"of\":" + Json(figure) + ",\"to\":" + Json(Of(Figures)) + "}}");
                    var asOf = random.Next(2) == 0 ? RandomWorld.Noon : RandomWorld.Spring;
                    await CompareAsync(test.Stores, measure, level, people, accounts, asOf);
                }
            }

            string Of(string[] some) => some[random.Next(some.Length)];
            string Json(string figure) => $"{{\"event\":\"{Of(Names)}\"{Of(Tests)}{Of(Windows)},{figure}}}";
        }, iter: 2, seed: "0000Measures0", threads: 1);
    }

    private static async Task CompareAsync(Stores stores, Measure measure, MeasureLevel level, List<RandomWorld.Person> people, List<ProfileId> accounts, DateTimeOffset asOf)
    {
        ProfileId Subject(int i) => level switch { MeasureLevel.Profile => people[i].Id, MeasureLevel.Account => accounts[i % accounts.Count], _ => MeasureSql.Business };
        var persons = Sql.Join(" union all ", people.Select((p, i) => Sql.Of($"select cast({p.Id} as uuid) as profile_id, cast({Subject(i)} as uuid) as subject")));
        var found = (await stores.Warehouse.ReadAsync(s => s.ListAsync(MeasureSql.Of(measure, new(level, persons), asOf, Zone), r => (Subject: r.ProfileId(0), Value: r.Double(1), Until: r.TimeOrNull(2)), Cancel), Cancel)).ToDictionary(f => f.Subject);
        foreach (var subject in people.Select((p, i) => (Person: p, Subject: Subject(i))).GroupBy(p => p.Subject))
        {
            var expected = MeasureFigure.Of(measure, [.. subject.SelectMany(p => p.Person.Events.Select(e => new OwnedEvent(p.Person.Id, new(e.Name, e.At, System.Text.Json.JsonDocument.Parse(e.Properties).RootElement))))], asOf, Zone);
            var what = $"{level} {MeasureJson.Write(measure)} at {asOf:O}";
            if (expected.Value is null)
            {
                Assert.False(found.TryGetValue(subject.Key, out var odd), $"{what}: nothing in process, {odd.Value} by SQL");
                continue;
            }
            Assert.True(found.TryGetValue(subject.Key, out var value), $"{what}: {expected.Value} in process, nothing by SQL");
            Assert.True(Math.Abs(expected.Value.Value - value.Value) <= 1e-9 * Math.Max(1, Math.Abs(value.Value)), $"{what}: {expected.Value} in process, {value.Value} by SQL");
            Assert.True(expected.Until == value.Until, $"{what}: until {expected.Until:O} in process, {value.Until:O} by SQL");
        }
    }
}
