using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Kendt.Samples;
using ParquetSharp;

namespace Kendt.Tests.Samples;

/// <summary>The demo company in small: it is the same every time, it can be read, and the truth knows whose everything is.</summary>
public sealed class DemoCompanyTests : IAsyncLifetime
{
    private static readonly DemoOptions Small = new() { People = 200, Companies = 5, Devices = 500, End = new DateOnly(2026, 10, 31) };

    private readonly string folder = Directory.CreateTempSubdirectory("kendt-demo-").FullName;
    private IReadOnlyList<DemoFile> files = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => files = await DemoCompany.WriteAsync(folder, Small, null, Cancel);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_bytes()
    {
        var again = Directory.CreateTempSubdirectory("kendt-demo-").FullName;
        try
        {
            Assert.Equal(files, await DemoCompany.WriteAsync(again, Small, null, Cancel));
            var names = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path));
            foreach (var name in names)
                Assert.True(Bytes(folder, name).AsSpan().SequenceEqual(Bytes(again, name)), name);
        }
        finally
        {
            Directory.Delete(again, recursive: true);
        }
    }

    [Fact]
    public async Task Another_seed_gives_other_people()
    {
        var before = await File.ReadAllTextAsync(Path.Combine(folder, "truth", "people.csv"), Cancel);
        await DemoCompany.WriteAsync(folder, Small with { Seed = 8 }, null, Cancel);
        Assert.NotEqual(before, await File.ReadAllTextAsync(Path.Combine(folder, "truth", "people.csv"), Cancel));
    }

    [Theory]
    [InlineData("webshop.ndjson", 1500, 6000)]
    [InlineData("webshop-customers.csv", 60, 180)]
    [InlineData("loyalty-members.csv", 90, 220)]
    [InlineData("shop-receipts.csv", 500, 2000)]
    [InlineData("newsletter.parquet", 600, 2500)]
    [InlineData("returns.csv", 5, 100)]
    [InlineData("event-attendance.csv", 2, 100)]
    [InlineData("support-tickets.csv", 5, 120)]
    [InlineData("club-memberships.csv", 20, 250)]
    [InlineData("consents.csv", 300, 900)]
    [InlineData("business-customers.csv", 5, 7)]
    [InlineData("business-contacts.csv", 5, 20)]
    [InlineData("partner-travel.csv", 60, 60)]
    [InlineData("audience-feed.parquet", 500, 500)]
    public void Sizes_follow_the_options(string name, int least, int most) =>
        Assert.InRange(files.Single(file => file.Name == name).Rows, least, most);

    [Fact]
    public void Every_text_file_has_its_rows_its_mapping_and_the_columns_that_the_mapping_names()
    {
        foreach (var file in files.Where(file => file.Name.EndsWith(".csv", StringComparison.Ordinal)))
        {
            var rows = Read(file.Name);
            Assert.Equal(file.Rows, rows.Count - 1);
            Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
            var mapping = File.ReadAllText(Path.Combine(folder, "mappings", file.Mapping));
            Assert.Contains($"source: {file.Source}\n", mapping, StringComparison.Ordinal);
            var columns = mapping[mapping.IndexOf("\ncolumns:", StringComparison.Ordinal)..];
            foreach (Match match in Regex.Matches(columns, @"^  (?<column>\w+):", RegexOptions.Multiline, TimeSpan.FromSeconds(1)))
                Assert.Contains(match.Groups["column"].Value, rows[0]);
        }
    }

    [Fact]
    public void Every_parquet_file_has_its_rows()
    {
        foreach (var file in files.Where(file => file.Name.EndsWith(".parquet", StringComparison.Ordinal)))
        {
            using var reader = new ParquetFileReader(Path.Combine(folder, file.Name));
            Assert.Equal(file.Rows, reader.FileMetaData.NumRows);
            Assert.True(File.Exists(Path.Combine(folder, "mappings", file.Mapping)));
        }
    }

    [Fact]
    public void Messages_are_valid_unique_and_in_order_of_time()
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var last = "";
        foreach (var line in File.ReadLines(Path.Combine(folder, "webshop.ndjson")))
        {
            using var message = JsonDocument.Parse(line);
            var root = message.RootElement;
            Assert.True(root.GetProperty("type").GetString() is "track" or "page" or "identify" or "group", line);
            Assert.True(ids.Add(root.GetProperty("messageId").GetString()!));
            Assert.True(root.TryGetProperty("anonymousId", out _) || root.TryGetProperty("userId", out _));
            var time = root.GetProperty("timestamp").GetString()!;
            Assert.True(string.CompareOrdinal(last, time) <= 0);
            last = time;
        }

        Assert.Equal(files.Single(file => file.Name == "webshop.ndjson").Rows, ids.Count);
    }

    [Fact]
    public void Lines_of_a_receipt_stand_together_in_order_of_time()
    {
        var rows = Read("shop-receipts.csv").Skip(1).ToList();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var last = DateTime.MinValue;
        for (var i = 0; i < rows.Count; i++)
        {
            if (i > 0 && rows[i][0] == rows[i - 1][0]) continue;
            Assert.True(seen.Add(rows[i][0]), rows[i][0]);
            var time = DateTime.ParseExact(rows[i][2], "dd-MM-yyyy HH:mm:ss", CultureInfo.InvariantCulture);
            Assert.True(time >= last);
            last = time;
        }
    }

    [Fact]
    public void Nobody_has_a_name_or_a_mailbox_in_the_audience_feed()
    {
        using var reader = new ParquetFileReader(Path.Combine(folder, "audience-feed.parquet"));
        using var group = reader.RowGroup(0);
        string[] columns = ["device_id", "device_type", "country", "region", "audiences", "observed_at", "score"];
        Assert.Equal(columns, Enumerable.Range(0, columns.Length).Select(i => reader.FileMetaData.Schema.Column(i).Name));
        for (var i = 0; i < 5; i++)
        {
            using var column = group.Column(i).LogicalReader<string>();
            Assert.All(column.ReadAll((int)group.MetaData.NumRows), value => Assert.DoesNotContain('@', value));
        }
    }

    [Theory]
    [InlineData("webshop-customers.csv", "webshop-customers", "user_id")]
    [InlineData("loyalty-members.csv", "loyalty", "Medlemsnr")]
    [InlineData("business-customers.csv", "business", "account_no")]
    [InlineData("business-contacts.csv", "business-contacts", "contact_no")]
    [InlineData("consents.csv", "consents", "consent_id")]
    [InlineData("partner-travel.csv", "partner-travel", "guest_id")]
    [InlineData("returns.csv", "returns", "return_id")]
    [InlineData("event-attendance.csv", "event-attendance", "attendance_id")]
    [InlineData("support-tickets.csv", "support", "ticket_id")]
    [InlineData("club-memberships.csv", "club", "membership_id")]
    public void The_truth_knows_whose_each_row_is(string name, string source, string key)
    {
        var truth = Read("truth/identities.csv").Where(row => row[1] == source).Select(row => row[2]).ToHashSet(StringComparer.Ordinal);
        var rows = Read(name);
        var column = Array.IndexOf(rows[0], key);
        Assert.All(rows.Skip(1), row => Assert.Contains(row[column], truth));
    }

    [Fact]
    public async Task Faults_of_the_sizes_are_said_at_once()
    {
        var fault = await Assert.ThrowsAsync<ArgumentException>(
            () => DemoCompany.WriteAsync(folder, Small with { People = 1, Companies = -1, Devices = -1 }, null, Cancel));
        Assert.Contains("People", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Companies", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Devices", fault.Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes(string folder, string name) => File.ReadAllBytes(Path.Combine(folder, name));

    private List<string[]> Read(string name) => Parse(File.ReadAllText(Path.Combine(folder, name)));

    /// <summary>Delimited text by RFC 4180; a semicolon in the header says that the delimiter is one.</summary>
    private static List<string[]> Parse(string text)
    {
        text = text.TrimStart('\uFEFF');
        var delimiter = text[..text.IndexOf('\n', StringComparison.Ordinal)].Contains(';', StringComparison.Ordinal) ? ';' : ',';
        var rows = new List<string[]>();
        var row = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        foreach (var letter in text)
        {
            if (letter == '"') quoted = !quoted;
            else if (quoted || (letter != delimiter && letter is not ('\r' or '\n'))) field.Append(letter);
            else if (letter != '\r')
            {
                row.Add(field.ToString());
                field.Clear();
                if (letter != '\n') continue;
                rows.Add([.. row]);
                row.Clear();
            }
        }

        return rows;
    }
}
