using Kendt.Collect;
using Kendt.Model;

namespace Kendt.Tests.Collect;

public sealed class RecordsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task Facts_are_read_by_the_mapping_and_bad_values_cost_only_themselves(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await desk.ImportAsync("klub.csv", """
            Medlemsnr;Indmeldt;Email;Mobil;Postnr;By;Fødselsdato;nyhedsbrev;Point;Firma;Saldo
            4711;01-07-2025;Åse@Example.com;20 12 34 56;8000;Aarhus C;29-02-1980;j;1.234,5;F-1;9
            4712;;ikke en mail;1;;;31-02-1980;;12.50;;
            """, MappingFileTests.Loyalty);
        var records = new Records(desk.Stores, desk.Letters);
        for (var round = 0; round < 2; round++)
        {
            var facts = await records.ReadAsync(0, 100, Cancel);
            Assert.Equal([1L, 2L], facts.Select(f => f.Seq));
            Assert.Equal([new("email", "åse@example.com"), new("phone", "+4520123456"), new("loyalty_no", "4711"), new("record:loyalty", "4711")], facts[0].Identifiers);
            Assert.Equal(new DateTimeOffset(2025, 6, 30, 22, 0, 0, TimeSpan.Zero), facts[0].At);
            Assert.Equal(new Identifier("account_no", "F-1"), facts[0].Account);
            Assert.Equal("""{"country":"DK","member":true,"level":3,"email":"Åse@Example.com","address":{"postalCode":"8000","city":"Aarhus C"},"birthday":"1980-02-29","newsletter":true,"points":1234.5}""",
                "{" + string.Join(",", facts[0].Traits.Select(t => $"\"{t.Key}\":{t.Value.GetRawText()}")) + "}");
            Assert.Equal([new("loyalty_no", "4712"), new("record:loyalty", "4712")], facts[1].Identifiers);
            Assert.Equal(["country", "member", "level", "email"], facts[1].Traits.Keys);
            var letter = Assert.Single(await desk.Letters.ListAsync("loyalty", null, 0, 10, Cancel));
            Assert.Equal("record:loyalty:4712", letter.Origin);
            Assert.All(new[] { "email", "phone", "'Fødselsdato' is no date", "'Point' is no number" }, text => Assert.Contains(text, letter.Reason, StringComparison.Ordinal));
        }
        Assert.Equal(2, Assert.Single(await records.ReadAsync(1, 100, Cancel)).Seq);
    }

    [Theory, Engines]
    public async Task Rows_may_be_decisions(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await desk.ImportAsync("consent.csv", "user,what,said,at\nu1,email_marketing,granted,2026-01-01T00:00:00Z\nu1,profiling,No,2026-01-01\nu2,profiling,maybe,2026-01-01\nu3,profiling,yes,never\n", """
            source: consents
            rows: records
            columns: { user: { identifier: user_id }, what: { consent: purpose }, said: { consent: state }, at: { consent: time } }
            """);
        var facts = await new Records(desk.Stores, desk.Letters).ReadAsync(0, 10, Cancel);
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal([new("email_marketing", ConsentState.Granted, at), new("profiling", ConsentState.Denied, at)], facts.SelectMany(f => f.Consents));
        Assert.Equal([new("user_id", "u1")], facts[0].Identifiers);
        Assert.Equal(2, await desk.Letters.CountAsync("consents", null, Cancel));
    }
}
