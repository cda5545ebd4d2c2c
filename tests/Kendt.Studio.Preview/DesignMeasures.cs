using System.Security.Claims;
using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

/// <summary>Made-up measures and answers.</summary>
public sealed class DesignMeasures(TimeProvider time) : IMeasureDesk, IQueryDesk
{
    private const string Spend = """{ "title": "Lifetime spend", "level": "profile", "measure": { "event": "Order Completed", "sum": { "of": "total" } } }""";

    public Task<MeasureBoard> ReadAsync(ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult(new MeasureBoard(
        [
            new("lifetime-spend", "Lifetime spend", "profile", Spend, Look()),
            new("account-spend", "Spend of the company and its people", "account", Spend, null),
        ], [new("lifetime-spend", "Lifetime spend", Spend), new("recency", "Days since the last order", Spend)], MayChange: true));

    public Task<MeasureLook?> PreviewAsync(string text, CancellationToken cancel) =>
        text.Contains('{', StringComparison.Ordinal) ? Task.FromResult<MeasureLook?>(Look()) : throw new BadInputException("The measure: needs 'event'.");

    public Task SaveAsync(string name, string text, ClaimsPrincipal who, CancellationToken cancel) => Task.CompletedTask;

    Task<QueryBoard?> IQueryDesk.ReadAsync(ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult<QueryBoard?>(new(
        [new("event", ["seq bigint", "name varchar", "profile_id uuid", "ts timestamp with time zone"]), new("measure_value", ["measure varchar", "subject uuid", "value double"])]));

    public Task<QueryAnswer> AskAsync(string query, int most, ClaimsPrincipal who, CancellationToken cancel) => query.StartsWith("select", StringComparison.Ordinal)
        ? Task.FromResult(new QueryAnswer(["name", "events"], [["Order Completed", "48,112"], ["Product Viewed", "1,204,551"]], IsCut: false, time.GetUtcNow()))
        : throw new BadInputException("The query is read-only: it begins with SELECT, WITH or VALUES.");

    private MeasureLook Look() => new(18_204, 1_240.5, 12, 640, 45_961.8, time.GetUtcNow());
}
