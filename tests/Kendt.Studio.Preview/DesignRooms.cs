using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

public sealed partial class DesignData
{
    /// <summary>Set by tests: no job is running.</summary>
    public bool Idle { get; set; }

    private readonly HashSet<JobId> cancelled = [];

    private List<SourceRow> Rows() =>
    [
        new("events", SourceKind.File, Party.First, true, 4_120, 0, Now.AddDays(-6), Days(30, 1, 130, 60)),
        new("loyalty", SourceKind.File, Party.First, true, 14_880, 23, Now.AddHours(-9), Days(30, 2, 480, 160)),
        new("newsletter", SourceKind.Stream, Party.First, true, 402_118, 4, Now.AddMinutes(-2), Days(30, 3, 9_800, 5_000)),
        new("nordic-panel", SourceKind.File, Party.Third, true, 100_000, 0, Now.AddDays(-14), []),
        new("partner-travel", SourceKind.File, Party.Second, true, 6_402, 311, Now.AddDays(-21), []),
        new("shops", SourceKind.File, Party.First, true, 88_204, 12, Now.AddHours(-5), Days(30, 4, 3_100, 1_300)),
        new("support", SourceKind.Stream, Party.First, true, 9_310, 0, Now.AddMinutes(-51), Days(30, 5, 290, 120)),
        new("webshop", SourceKind.Stream, Party.First, true, 760_271, 148, Now.AddSeconds(-38), Days(30, 6, 24_000, 9_000)),
        new("webshop-old", SourceKind.Table, Party.First, false, 31_002, 0, Now.AddDays(-180), []),
    ];

    public Task<IReadOnlyList<SourceRow>> SourcesAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<SourceRow>>(Rows());

    public Task<SourceView?> SourceAsync(string name, CancellationToken cancel) => Task.FromResult(Rows().FirstOrDefault(row => row.Name == name) is { } row
        ? new SourceView(row, Now.AddDays(-620), row.Kind == SourceKind.Stream ? ["wk_7Qm…", "wk_b2H…"] : [], row.Kind == SourceKind.Stream ? [] : ["customers"])
        : null);

    public Task<Stretch<ImportRow>> ImportsAsync(int page, int size, CancellationToken cancel)
    {
        List<ImportRow> rows =
        [
            new(Guid.CreateVersion7(Now), "shops", "receipts-2026-11.csv", "receipts", 18_402_113, 51_300, 0, 2, ImportState.Running, Now.AddMinutes(-2), null),
            new(Guid.CreateVersion7(Now.AddHours(-5)), "loyalty", "members.csv", "customers", 2_204_118, 180, 14_677, 23, ImportState.Done, Now.AddHours(-9), Now.AddHours(-9).AddSeconds(14)),
            new(Guid.CreateVersion7(Now.AddDays(-6)), "partner-travel", "bookings.parquet", "bookings", 902_331, 0, 0, 0, ImportState.Failed, Now.AddDays(-21), Now.AddDays(-21).AddSeconds(2)),
            new(Guid.CreateVersion7(Now.AddDays(-9)), "nordic-panel", "segments.csv", "devices", 31_220_004, 100_000, 0, 0, ImportState.Done, Now.AddDays(-14), Now.AddDays(-14).AddMinutes(1)),
        ];
        return Task.FromResult(new Stretch<ImportRow>(rows, rows.Count, HasMore: false));
    }

    public Task<DeadLetterView> DeadLettersAsync(DeadLetterQuery query, CancellationToken cancel)
    {
        List<DeadLetter> letters =
        [
            new(Guid.CreateVersion7(Now), "webshop", "/v1/track", "event is missing: a track needs a name", """{"type":"track","anonymousId":"7d3c-91af","properties":{"sku":"4411"},"messageId":"ajs-next-10"}""", Now.AddMinutes(-12)),
            new(Guid.CreateVersion7(Now), "webshop", "/v1/identify", "the email does not look like one (name@domain.tld)", """{"type":"identify","userId":"u-881","traits":{"email":"anne.jensen(at)mail"}}""", Now.AddHours(-3)),
            new(Guid.CreateVersion7(Now), "loyalty", "members.csv, line 4,812", "birthday '31-02-1980' is not a date", "004812;Jens Friis;31-02-1980;jens@friis.example;Gold", Now.AddHours(-9)),
            new(Guid.CreateVersion7(Now), "partner-travel", "bookings.parquet, row 77", "no identifier: a record needs at least one of email, phone, loyalty_no", """{"booking":"77","name":"K. Møller","email":null}""", Now.AddDays(-21)),
        ];
        var found = letters.Where(letter => (query.Source is null || letter.Source == query.Source) && (query.Reason is null || letter.Reason == query.Reason)
            && (letter.Reason + letter.Body + letter.Origin).Contains(query.Text, StringComparison.OrdinalIgnoreCase)).ToList();
        return Task.FromResult(new DeadLetterView(new(found, found.Count, HasMore: false),
            [.. letters.Select((letter, i) => new Bar(letter.Reason, new Count(148 - (i * 40)), 1 - (i * 0.28)))], [.. letters.Select(letter => letter.Source).Distinct(StringComparer.Ordinal)]));
    }

    public Task<Stretch<JobView>> JobsAsync(int page, int size, CancellationToken cancel) =>
        Task.FromResult(new Stretch<JobView>([.. Running(), .. Ended()], 4, HasMore: false));

    public Task<IReadOnlyList<JobView>> ActiveJobsAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<JobView>>(Running());

    public Task<JobId> StartImportAsync(ImportOrder order, CancellationToken cancel) =>
        order.FileName.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? Task.FromResult(Running()[0].Id)
            : throw new BadInputException($"file '{order.FileName}' is of a kind that cannot be read; give a .csv, .ndjson or .parquet file.");

    public Task CancelJobAsync(JobId id, CancellationToken cancel)
    {
        cancelled.Add(id);
        return Task.CompletedTask;
    }

    private List<JobView> Running()
    {
        var id = new JobId(Guid.Parse("0192d1a0-0000-7000-8000-000000000001"));
        if (Idle || cancelled.Contains(id)) return [];
        var done = 51_300 + ((Now.ToUnixTimeSeconds() % 60) * 400);
        return
        [
            new(id, "import", "Import receipts-2026-11.csv into shops", JobState.Running, null, Now.AddMinutes(-2), Now.AddMinutes(-2), null,
            [
                new("Read receipts-2026-11.csv", JobState.Done, 88_204, 88_204, "", Now.AddMinutes(-2), Now.AddMinutes(-1.6)),
                new("Bring profiles up to date", JobState.Running, done, 88_204, "", Now.AddMinutes(-1.6), null),
                new("Refresh segments", JobState.Waiting, 0, 0, "", null, null),
            ]),
        ];
    }

    private List<JobView> Ended() =>
    [
        new(new(Guid.CreateVersion7(Now.AddHours(-9))), "import", "Import members.csv into loyalty", JobState.Done, null, Now.AddHours(-9), Now.AddHours(-9), Now.AddHours(-9).AddSeconds(14),
            [new("Read members.csv", JobState.Done, 14_880, 14_880, "23 rejected", Now.AddHours(-9), Now.AddHours(-9).AddSeconds(5)), new("Bring profiles up to date", JobState.Done, 14_857, 14_857, "", Now.AddHours(-9).AddSeconds(5), Now.AddHours(-9).AddSeconds(14))]),
        new(new(Guid.CreateVersion7(Now.AddDays(-1))), "compact", "Compact the warehouse", JobState.Done, null, Now.AddDays(-1), Now.AddDays(-1), Now.AddDays(-1).AddMinutes(3), [new("Sort sealed months", JobState.Done, 11, 11, "", Now.AddDays(-1), Now.AddDays(-1).AddMinutes(3))]),
        new(new(Guid.CreateVersion7(Now.AddDays(-21))), "import", "Import bookings.parquet into partner-travel", JobState.Failed,
            "The mapping 'bookings' reads column 'guest_email', which the file does not have. Its columns are: booking, name, email, nights.", Now.AddDays(-21), Now.AddDays(-21), Now.AddDays(-21).AddSeconds(2),
            [new("Read bookings.parquet", JobState.Failed, 0, 6_713, "", Now.AddDays(-21), Now.AddDays(-21).AddSeconds(2))]),
    ];
}
