using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Kendt.Collect;
using Kendt.Model;
using ParquetSharp;
using static Kendt.Tests.Collect.Calls;
using Encoding = System.Text.Encoding;

namespace Kendt.Tests.Collect;

public sealed class ImportsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private const string People = """
        source: crm
        rows: records
        key: id
        columns:
          id: { identifier: user_id }
          name: { trait: name }
        """;

    private const string Receipts = """
        source: shop
        rows: events
        event: Order Completed
        key: bon
        time: tid
        format: { delimiter: ";", decimal: ",", dates: "dd-MM-yyyy HH:mm", zone: Europe/Copenhagen }
        set: { channel: shop }
        total: { property: total, of: [quantity, price] }
        columns:
          kort:   { identifier: loyalty_no }
          email:  { identifier: email }
          butik:  { property: store.name }
          varenr: { line: product_id }
          antal:  { line: quantity, type: number }
          pris:   { line: price, type: number }
        """;

    [Theory, Engines]
    public async Task Records_are_kept_as_received_and_a_second_import_keeps_what_is_new(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        var first = await desk.ImportAsync("people.csv", "\uFEFFid,name,extra\r\n1,\"Åse, \"\"Bo\"\"\",x\r\n2,Per,\r\n\r\n3,\"two\nlines\",y", People);
        Assert.Equal((3L, 0L, 0L), (first.Taken, first.Known, first.Rejected));
        Assert.Equal([("1", """{"id":"1","name":"Åse, \"Bo\"","extra":"x"}"""), ("2", """{"id":"2","name":"Per","extra":""}"""), ("3", """{"id":"3","name":"two\nlines","extra":"y"}""")], await desk.RecordsAsync());
        var second = await desk.ImportAsync("people.csv", "id,name,extra\n1,\"Åse, \"\"Bo\"\"\",x\n2,Pia,\n4,New,\n", People);
        Assert.Equal((2L, 1L, 0L), (second.Taken, second.Known, second.Rejected));
        Assert.Equal(5, (await desk.RecordsAsync()).Count);
        var again = await desk.Imports.StartAsync(desk.File("people.csv", "id,name\n9,x\n"u8.ToArray()), "people.csv", MappingFile.Parse(People), "crm", Cancel);
        Assert.Equal((false, false), (again.Continues, again.DoneBefore));
        Assert.True((await desk.Imports.StartAsync(Path.Combine(Path.GetDirectoryName(desk.File("x", []))!, "people.csv"), "people.csv", MappingFile.Parse(People), null, Cancel)).Continues);
    }

    [Theory, Engines]
    public async Task Rows_that_cannot_be_read_are_dead_letters_and_stop_nothing(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        var text = "id,name\n1,ok\n2\n3,a,b\n4,\"stray\"x\n5,5\" nails\n,nokey\n6,\"never closed\n7,ok\n8,\"ok\"";
        var done = await desk.ImportAsync("torture.csv", text, People);
        Assert.Equal(["1", "5", "7", "8"], (await desk.RecordsAsync()).Select(r => r.Key));
        Assert.Equal((4L, 5L), (done.Taken, done.Rejected));
        var letters = (await desk.Letters.ListAsync("crm", null, 0, 100, Cancel)).ToDictionary(l => l.Origin.Split(':')[2]);
        Assert.Contains("has 1 fields", letters["2"].Reason, StringComparison.Ordinal);
        Assert.Equal("3,a,b", letters["3"].Body);
        Assert.Contains("not doubled", letters["4"].Reason, StringComparison.Ordinal);
        Assert.Contains("'id' is empty", letters["6"].Reason, StringComparison.Ordinal);
        Assert.Equal("6,\"never closed", letters["7"].Body);
    }

    [Theory, Engines]
    public async Task An_import_that_was_cut_off_goes_on_exactly_where_it_was(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        var rows = string.Concat(Enumerable.Range(0, 35_000).Select(n => n % 1000 == 7 ? $"{n}\n" : $"{n},Name {n}\n"));
        var started = await desk.Imports.StartAsync(desk.File("many.csv", Encoding.UTF8.GetBytes("id,name\n" + rows)), "many.csv", MappingFile.Parse(People), null, Cancel);
        for (var round = 0; round < 3; round++)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var progress = new Stop(stop);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => desk.Imports.RunAsync(started.Id, progress, stop.Token));
        }
        var last = await desk.Imports.RunAsync(started.Id, null, Cancel);
        Assert.Equal((34_965L, 0L, 35L), (last.Taken, last.Known, last.Rejected));
        Assert.Equal(Enumerable.Range(0, 35_000).Where(n => n % 1000 != 7).Select(n => n.ToString(CultureInfo.InvariantCulture)), (await desk.RecordsAsync()).Select(r => r.Key));
        Assert.Equal(35, await desk.Letters.CountAsync("crm", null, Cancel));
        Assert.Equal(ImportState.Done, (await desk.Imports.FindAsync(started.Id, Cancel))!.State);
    }

    [Theory, Engines]
    public async Task Events_cut_off_in_the_middle_are_there_once(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        var rows = string.Concat(Enumerable.Range(0, 18_000).Select(n => $"{n / 3};02-01-2026 10:00;{n % 50};;Aarhus;V{n};1;2,50\n"));
        var started = await desk.Imports.StartAsync(desk.File("bon.csv", Encoding.UTF8.GetBytes("bon;tid;kort;email;butik;varenr;antal;pris\n" + rows)), "bon.csv", MappingFile.Parse(Receipts), null, Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => desk.Imports.RunAsync(started.Id, new Stop(stop), stop.Token));
        await desk.Imports.RunAsync(started.Id, null, Cancel);
        var events = await desk.HappeningsAsync();
        Assert.Equal(6_000, events.Count);
        Assert.All(events, e => Assert.Equal(3, JsonElement.Parse(e.Properties).GetProperty("products").GetArrayLength()));
        var again = await desk.ImportAsync("bon2.csv", "bon;tid;kort;email;butik;varenr;antal;pris\n" + rows, Receipts);
        Assert.Equal((0L, 6_000L), (again.Taken, again.Known));
    }

    [Theory, Engines]
    public async Task Receipts_become_events_with_lines_and_a_total(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        var done = await desk.ImportAsync("bon.csv", """
            bon;tid;kort;email;butik;varenr;antal;pris
            7;02-07-2026 10:30;4711;Anna@Example.com;Aarhus;V1;2;1.099,95
            7;02-07-2026 10:30;4711;Anna@Example.com;Aarhus;V2;1;0,10
            8;02-01-2026 10:30;;;Odense;V1;x;10,00
            9;i går;1;;Odense;V1;1;10,00
            7;02-07-2026 10:30;4711;;Aarhus;V3;1;5,00
            10;02-01-2026 10:30;;no mail;;V9;1;12.50
            """, Receipts);
        var events = await desk.HappeningsAsync();
        Assert.Equal(["Order Completed:7", "Order Completed:8", "Order Completed:10"], events.Select(e => e.MessageId));
        Assert.Equal("""{"channel":"shop","store":{"name":"Aarhus"},"total":2200.00,"products":[{"product_id":"V1","quantity":2,"price":1099.95},{"product_id":"V2","quantity":1,"price":0.10}]}""", events[0].Properties);
        Assert.Equal([new("email", "anna@example.com"), new("loyalty_no", "4711")], events[0].Identifiers);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 9, 30, 0, TimeSpan.Zero), events[1].At); // winter time; July is after the clock of this test
        Assert.Empty(events[1].Identifiers);
        Assert.Equal("""{"channel":"shop","total":0,"products":[{"product_id":"V9","quantity":1}]}""", events[2].Properties);
        Assert.Equal((3L, 2L), (done.Taken, done.Rejected));
        var reasons = (await desk.Letters.ListAsync(null, null, 0, 20, Cancel)).ToDictionary(l => l.Origin.Split(':')[2], l => l.Reason);
        Assert.Equal(["3", "4", "5", "6"], reasons.Keys.Order());
        Assert.Contains("'antal' is no number", reasons["3"], StringComparison.Ordinal);
        Assert.Contains("'tid' is no time", reasons["4"], StringComparison.Ordinal);
        Assert.Contains("do not lie together", reasons["5"], StringComparison.Ordinal);
        Assert.Contains("'pris' is no number", reasons["6"], StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_column_may_name_the_event(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await desk.ImportAsync("mail.tsv", "when\taction\tuser\tanon\n2026-01-01T10:00:00+01:00\tsent\tu1\ta1\n2026-01-01T10:00:00\topen\tu1\t\n2026-01-01\tbounce\tu1\t\n", """
            source: mail
            rows: events
            time: when
            event: { column: action, names: { sent: Email Sent, open: Email Opened } }
            columns: { user: { identifier: user_id }, anon: { identifier: anonymous_id }, when: { property: at, type: time } }
            """);
        var events = await desk.HappeningsAsync();
        Assert.Equal([("Email Sent", "u1", "a1"), ("Email Opened", "u1", null)], events.Select(e => (e.Name, e.UserId, e.AnonymousId)));
        Assert.Equal("""{"at":"2026-01-01T09:00:00Z"}""", events[0].Properties);
        Assert.Contains("'action' names no event", (await desk.Letters.ListAsync("mail", null, 0, 9, Cancel)).Single().Reason, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Tracking_messages_come_in_packed_and_again_without_harm(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        var lines = $"{Track("a")}\n\n{Track("b", ",\"timestamp\":\"2025-12-01T00:00:00Z\"")}\nno json\n{{\"type\":\"track\",\"userId\":\"u\"}}\n{{\"type\":\"page\",\"userId\":\"u\"}}\n";
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(lines));
        var first = await desk.ImportAsync("web.ndjson.gz", packed.ToArray(), null, "web");
        Assert.Equal((3L, 2L), (first.Taken, first.Rejected));
        Assert.Equal(new DateTimeOffset(2025, 12, 1, 0, 0, 0, TimeSpan.Zero), (await desk.HappeningsAsync())[1].At);
        var second = await desk.ImportAsync("web.ndjson", lines, null, "web");
        Assert.Equal((0L, 3L), (second.Taken, second.Known));
    }

    [Theory, Engines]
    public async Task Objects_a_line_are_rows_and_parquet_too(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await desk.ImportAsync("people.ndjson", "{\"id\":1,\"name\":\"A\",\"address\":{\"city\":\"B\"},\"tags\":[1,2],\"none\":null}\n{\"name\":\"no id\"}\n[]\n{\"id\":\"2\"}\n", People);
        Assert.Equal([("1", """{"id":"1","name":"A","address.city":"B","tags":"[1,2]","none":""}"""), ("2", """{"id":"2"}""")], await desk.RecordsAsync());
        Assert.Equal(2, await desk.Letters.CountAsync("crm", null, Cancel));

        var path = desk.File("p.parquet", []);
        using (var writer = new ParquetFileWriter(path, [new Column<long>("id"), new Column<string>("name"), new Column<double?>("score"), new Column<DateTime>("at"), new Column<bool>("yes")]))
        {
            for (var group = 0; group < 2; group++)
            {
                using var rows = writer.AppendRowGroup();
                var ids = Enumerable.Range(group * 5000, 5000).Select(n => (long)n).ToArray();
                using (var c = rows.NextColumn().LogicalWriter<long>()) c.WriteBatch(ids);
                using (var c = rows.NextColumn().LogicalWriter<string>()) c.WriteBatch([.. ids.Select(n => "Ø" + n)]);
                using (var c = rows.NextColumn().LogicalWriter<double?>()) c.WriteBatch([.. ids.Select(n => n % 2 == 0 ? n / 4.0 : (double?)null)]);
                using (var c = rows.NextColumn().LogicalWriter<DateTime>()) c.WriteBatch([.. ids.Select(n => Noon.UtcDateTime.AddSeconds(n))]);
                using (var c = rows.NextColumn().LogicalWriter<bool>()) c.WriteBatch([.. ids.Select(n => n == 1)]);
            }
            writer.Close();
        }
        await desk.ImportAsync("q.parquet", await File.ReadAllBytesAsync(path, Cancel), People.Replace("source: crm", "source: lake"));
        var kept = await desk.RecordsAsync();
        Assert.Equal(10_002, kept.Count);
        Assert.Equal(("9998", """{"id":"9998","name":"Ø9998","score":"2499.5","at":"2026-01-02T14:46:38Z","yes":"false"}"""), kept[^2]);
        Assert.Equal("""{"id":"1","name":"Ø1","score":"","at":"2026-01-02T12:00:01Z","yes":"true"}""", kept[3].Body);
    }

    [Theory, Engines]
    public async Task Devices_are_handed_on_and_persons_among_them_are_refused(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        var done = await desk.ImportAsync("feed.csv", "dev,aud,land,seen,p\n12345678,sport;sport;bil,DK,2026-01-01,0.5\nx2,a@b.dk,DK,2026-01-01,\nx3,sport,+45 20 12 34 56,2026-01-01,\nx4,sport,20 12 34 56,2026-01-01,\nx5,,DK,2026-01-01,7\n,s,DK,2026-01-01,\n", """
            source: feed
            party: third
            rows: devices
            time: seen
            columns: { dev: { identifier: device }, aud: { audience: list, separator: ";" }, land: { trait: country }, p: { trait: score, type: number } }
            """);
        var device = Assert.Single(desk.Devices);
        Assert.Equal(("12345678", "feed", "DK", 0.5, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)), (device.DeviceId, device.Source, device.Country, device.Score, device.ObservedAt));
        Assert.Equal(["sport", "bil"], device.Audiences);
        Assert.Equal((1L, 5L), (done.Taken, done.Rejected));
        Assert.Equal(3, await desk.Letters.CountAsync("feed", "must not name persons", Cancel));
    }

    [Theory]
    [InlineData("a,b\n1,2\n", "lacks the columns 'id', 'name' that the mapping names. It has 'a', 'b'.")]
    [InlineData("", "The file is empty")]
    [InlineData("[{\"id\":1}]", "one JSON array")]
    [InlineData("PAR1xxxxxxxxxxxx", "not the Parquet that it begins as")]
    [InlineData("\u001f\u008bxxxxxxxxxxxxxxx", "not the gzip that it begins as")]
    [InlineData("id,name\n1,\u00e5se\n", "is not UTF-8")]
    public async Task A_file_that_does_not_fit_is_told_before_anything_is_kept(string latin1, string expected)
    {
        await using var desk = await Desk.OpenAsync(On.Embedded);
        var fault = await Assert.ThrowsAsync<BadInputException>(() => desk.ImportAsync("f.bin", Encoding.Latin1.GetBytes(latin1), People));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Empty(await desk.Imports.ListAsync(10, Cancel));
    }

    [Fact]
    public async Task Other_mistakes_are_told_in_plain_words()
    {
        await using var desk = await Desk.OpenAsync(On.Embedded);
        Assert.Contains("give a mapping file", (await Assert.ThrowsAsync<BadInputException>(() => desk.ImportAsync("f.csv", "id,name\n1,2\n", null, "web"))).Message, StringComparison.Ordinal);
        Assert.Contains("The source is missing", (await Assert.ThrowsAsync<BadInputException>(() => desk.ImportAsync("f.ndjson", Track("a"), null))).Message, StringComparison.Ordinal);
        Assert.Contains("The mapping is for the source 'crm'", (await Assert.ThrowsAsync<BadInputException>(() => desk.ImportAsync("f.csv", "id,name\n1,2\n", People, "web"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Latin1_and_ten_thousand_columns_are_read()
    {
        await using var desk = await Desk.OpenAsync(On.Embedded);
        await desk.ImportAsync("latin.csv", Encoding.Latin1.GetBytes("id;name\n1;\u00c5se\n"), People.Replace("rows: records", "rows: records\nformat: { encoding: latin1 }"));
        var wide = "id,name," + string.Join(",", Enumerable.Range(0, 9_998)) + "\n" + string.Concat(Enumerable.Range(0, 20).Select(n => $"w{n},x,{string.Join(",", Enumerable.Range(n, 9_998))}\n"));
        await desk.ImportAsync("wide.csv", wide, People);
        var kept = await desk.RecordsAsync();
        Assert.Equal("""{"id":"1","name":"Åse"}""", kept[0].Body);
        Assert.Equal(21, kept.Count);
        Assert.EndsWith("\"9997\":\"10016\"}", kept[^1].Body, StringComparison.Ordinal);
    }

    /// <summary>Cancels at the first report, in the middle of the import.</summary>
    private sealed class Stop(CancellationTokenSource source) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => source.Cancel();
    }
}
