using System.Text;
using CsCheck;
using Kendt.Activate;
using Kendt.Model;

namespace Kendt.Tests.Activate;

public sealed class CsvTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Task<IReadOnlyDictionary<ProfileId, string>> PayloadsAsync(params (int Person, string Payload)[] payloads) =>
        Task.FromResult<IReadOnlyDictionary<ProfileId, string>>(payloads.ToDictionary(p => World.Person(p.Person), p => p.Payload));

    private static async Task<Delivery> StartAsync(World world, params (int Person, string Payload)[] payloads)
    {
        var people = payloads.Select(p => p.Person).ToArray();
        await world.SayAsync(ConsentState.Granted, people);
        return await world.Deliveries.StartAsync("file", "everybody", "email_marketing", [.. people.Select(World.Person)], (_, _) => PayloadsAsync(payloads), World.Actor, Cancel);
    }

    [Theory, Engines]
    public async Task A_delivery_is_one_file_of_chosen_columns(On on)
    {
        await using var world = await World.OpenAsync(on);
        await world.Destinations.PutAsync("file", "csv", new Dictionary<string, string> { ["fields"] = "email, traits.name,traits.none" }, World.Actor, Cancel);
        var delivery = await StartAsync(world,
            (1, """{"email":["a@example.com","b@example.com"],"traits":{"name":"Søren \"Bob\", Jr.","hidden":1}}"""),
            (2, """{"email":"c@example.com","traits":{"name":null}}"""));
        await world.Deliveries.RunDueAsync(Cancel);
        var path = world.Csv.PathOf("file", delivery.Id);
        var bytes = await File.ReadAllBytesAsync(path, Cancel);
        var lines = new[] { $"{World.Person(1)},a@example.com;b@example.com,\"Søren \"\"Bob\"\", Jr.\",\r\n", $"{World.Person(2)},c@example.com,,\r\n" };
        Assert.Equal("profile_id,email,traits.name,traits.none\r\n" + string.Concat(lines.Order(StringComparer.Ordinal)), Encoding.UTF8.GetString(bytes));
        Assert.Equal((byte)'p', bytes[0]);
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal((DeliveryState.Done, 2L), ((await world.FindAsync(delivery.Id)).Delivery.State, (await world.FindAsync(delivery.Id)).Delivery.Delivered));
    }

    [Fact]
    public async Task Without_chosen_columns_all_fields_are_columns()
    {
        await using var world = await World.OpenAsync(On.Embedded);
        await world.Destinations.PutAsync("file", "csv", new Dictionary<string, string>(), World.Actor, Cancel);
        var delivery = await StartAsync(world, (1, """{"b":{"x":true}}"""), (2, """{"a":1.50}"""));
        await world.Deliveries.RunDueAsync(Cancel);
        var lines = await File.ReadAllLinesAsync(world.Csv.PathOf("file", delivery.Id), Cancel);
        Assert.Equal("profile_id,a,b.x", lines[0]);
        Assert.Equal(new[] { $"{World.Person(1)},,true", $"{World.Person(2)},1.50," }.Order(StringComparer.Ordinal), lines[1..]);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@sum(a1)", "'@sum(a1)")]
    [InlineData("+cmd|' /c calc'!a0", "'+cmd|' /c calc'!a0")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("-", "'-")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r\n=1", "\"'\r\n=1\"")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("=\"a\",1", "\"'=\"\"a\"\",1\"")]
    [InlineData("+4512345678", "+4512345678")]
    [InlineData("-3.5", "-3.5")]
    [InlineData("a=b", "a=b")]
    [InlineData("", "")]
    [InlineData(" a", "\" a\"")]
    public void A_cell_is_no_formula(string text, string cell) => Assert.Equal(cell, CsvText.Cell(text));

    [Fact]
    public void Any_text_comes_back_as_it_was_but_for_the_apostrophe() => Gen.String.Array[1, 5].Sample(cells =>
    {
        var records = Read(string.Join(',', cells.Select(CsvText.Cell)) + "\r\n");
        return records.Count == cells.Length && records.Zip(cells).All(pair => pair.First == pair.Second || pair.First == "'" + pair.Second);
    });

    [Theory, Engines]
    public async Task A_crash_before_the_end_writes_the_file_again_whole(On on)
    {
        await using var world = await World.OpenAsync(on);
        await world.Destinations.PutAsync("file", "csv", new Dictionary<string, string>(), World.Actor, Cancel);
        var delivery = await StartAsync(world, [.. Enumerable.Range(1, 300).Select(n => (n, $$"""{"n":{{n}}}"""))]);
        var path = world.Csv.PathOf("file", delivery.Id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path + ".draft", "half a li", Cancel);
        await world.CrashAsync();
        await world.Deliveries.RunDueAsync(Cancel);
        Assert.Equal(301, (await File.ReadAllLinesAsync(path, Cancel)).Length);
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_is_told_of_and_tried_again()
    {
        await using var world = await World.OpenAsync(On.Embedded);
        await world.Destinations.PutAsync("file", "csv", new Dictionary<string, string>(), World.Actor, Cancel);
        var delivery = await StartAsync(world, (1, "{}"));
        var exports = Path.Combine(world.Folder, "exports");
        await File.WriteAllTextAsync(exports, "in the way", Cancel);
        Assert.Contains("cannot be written to", Assert.IsType<TestAnswer.Fault>(await world.Destinations.TestAsync("file", Cancel)).Says, StringComparison.Ordinal);
        await world.Deliveries.RunDueAsync(Cancel);
        Assert.Equal(ItemState.Waiting, (await world.FindAsync(delivery.Id)).Items.Single().State);
        File.Delete(exports);
        Assert.IsType<TestAnswer.Works>(await world.Destinations.TestAsync("file", Cancel));
        world.Time.Advance(TimeSpan.FromSeconds(30));
        await world.Deliveries.RunDueAsync(Cancel);
        Assert.Equal(DeliveryState.Done, (await world.FindAsync(delivery.Id)).Delivery.State);
    }

    [Fact]
    public async Task An_erased_person_is_taken_out_of_the_files()
    {
        await using var world = await World.OpenAsync(On.Embedded);
        await world.Destinations.PutAsync("file", "csv", new Dictionary<string, string>(), World.Actor, Cancel);
        var first = await StartAsync(world, (1, """{"a":"two\nlines, and \"quotes\""}"""), (2, """{"a":"x"}"""));
        var second = await StartAsync(world, (2, """{"a":"y"}"""));
        await world.Deliveries.RunDueAsync(Cancel);
        var untouched = await File.ReadAllTextAsync(world.Csv.PathOf("file", second.Id), Cancel);
        var answer = Assert.IsType<EraseAnswer.Erased>(await world.Destinations.EraseAsync("file", [World.Person(1), World.Person(9)], Cancel));
        Assert.Contains("1 files", answer.Note, StringComparison.Ordinal);
        Assert.Equal($"profile_id,a\r\n{World.Person(2)},x\r\n", await File.ReadAllTextAsync(world.Csv.PathOf("file", first.Id), Cancel));
        Assert.Equal(untouched, await File.ReadAllTextAsync(world.Csv.PathOf("file", second.Id), Cancel));
    }

    // A plain reader of RFC 4180: one record.
    private static List<string> Read(string record)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < record.Length; i++)
        {
            var c = record[i];
            if (quoted && c == '"' && i + 1 < record.Length && record[i + 1] == '"') { cell.Append('"'); i++; }
            else if (c == '"') quoted = !quoted;
            else if (!quoted && (c == ',' || (c == '\r' && i == record.Length - 2))) { cells.Add(cell.ToString()); cell.Clear(); }
            else if (i < record.Length - 2 || quoted) cell.Append(c);
        }
        return cells;
    }
}
