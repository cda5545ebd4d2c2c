using System.Security.Claims;
using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

/// <summary>Made-up measures and answers.</summary>
public sealed class DesignMeasures(TimeProvider time) : IMeasureDesk, IQueryDesk
{
    private const string Sentence = "for each customer, the sum of total over \"Order Completed\"", Ratio = """{ "title": "E-mails opened", "level": "profile", "measure": { "ratio": { "of": { "event": "Email Opened", "count": {} }, "to": { "event": "Email Sent", "count": {} } } } }""";

    private const string Spend = """{ "title": "Lifetime spend", "level": "profile", "measure": { "event": "Order Completed", "sum": { "of": "total" } } }""";

    public Task<MeasureBoard> ReadAsync(ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult(new MeasureBoard(
        [
            new("lifetime-spend", "Lifetime spend", "profile", Sentence, Spend, Look()),
            new("account-spend", "Spend of the company and its people", "account", Sentence, Spend, null),
        ], [new("lifetime-spend", "Lifetime spend", "profile", Sentence, Spend), new("open-rate", "E-mails opened", "profile", Sentence, Ratio)], MayChange: true));

    public Task<MeasureSaid> PreviewAsync(string text, ClaimsPrincipal who, CancellationToken cancel) =>
        text.Contains("\"of\": \"\"", StringComparison.Ordinal) ? throw new BadInputException("sum.of: needs the name of a property.")
        : text.Contains('{', StringComparison.Ordinal) ? Task.FromResult(Said()) : throw new BadInputException("The measure: needs 'event'.");

    public Task<MeasureDetail?> FindAsync(string name, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult(name is "lifetime-spend" or "account-spend"
        ? new MeasureDetail(new(name, "Lifetime spend", "profile", Sentence, Spend, Look()), Said(), Said().Some, [], MayChange: true) : null);

    public Task<IReadOnlyList<BusinessFigure>> BusinessAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<BusinessFigure>>(
        [new("revenue-this-month", "Revenue this month", 1_204_551, [.. Enumerable.Range(0, 13).Select(i => new Point(time.GetUtcNow().AddDays(7 * (i - 12)), 900_000 + (i * 30_000) + (i % 3 * 50_000)))], time.GetUtcNow())]);

    public Task SaveAsync(string name, string text, ClaimsPrincipal who, CancellationToken cancel) => Task.CompletedTask;

    Task<QueryBoard?> IQueryDesk.ReadAsync(ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult<QueryBoard?>(new(
        [new("event", ["seq bigint", "name varchar", "profile_id uuid", "ts timestamp with time zone"]), new("measure_value", ["measure varchar", "subject uuid", "value double"])]));

    public Task<QueryAnswer> AskAsync(string query, int most, ClaimsPrincipal who, CancellationToken cancel) => query.StartsWith("select", StringComparison.Ordinal)
        ? Task.FromResult(new QueryAnswer(["name", "events"], [["Order Completed", "48,112"], ["Product Viewed", "1,204,551"]], IsCut: false, time.GetUtcNow()))
        : throw new BadInputException("The query is read-only: it begins with SELECT, WITH or VALUES.");

    private MeasureSaid Said() => new(Sentence, "profile", Look(), [new(0, 500, 9_100), new(500, 1_000, 5_204), new(1_000, 2_000, 2_900), new(2_000, null, 1_000)],
        [new(new(new Guid("00000000-0000-7000-8000-000000000001")), "Jens Holm", 1_204), new(new(new Guid("00000000-0000-7000-8000-000000000002")), "Mette Lund", 310)]);

    private MeasureLook Look() => new(18_204, 1_240.5, 12, 640, 45_961.8, time.GetUtcNow());
}
