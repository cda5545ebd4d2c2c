using System.Security.Claims;
using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Measures;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Server.Security;

namespace Kendt.Server.Api;

/// <summary>Stored measures and their figures.</summary>
internal static class MeasureApi
{
    public static IEndpointRouteBuilder MapMeasures(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/v1/measures").WithTags("Measures").NeedsScope(Scopes.ReportsRead);
        read.MapGet("/", ListAsync).WithSummary("The stored measures and how their figures lie");
        read.MapGet("/templates", () => Results.Ok(MeasureTemplates.All.Select(t => new { name = t.Name, title = t.Title, level = Word(t.Level), measure = Tree(MeasureJson.Parse(t.Json)) }))).WithSummary("Measures ready to take");
        read.MapGet("/{name}", FindAsync).WithSummary("One measure, how its figures lie, and those with the highest");
        read.MapPost("/preview", PreviewAsync).WithSummary("What a measure would say, before it is stored");
        var write = routes.MapGroup("/v1/measures").WithTags("Measures").NeedsScope(Scopes.SegmentsWrite);
        write.MapPut("/{name}", PutAsync).WithSummary("Creates or replaces a measure, from JSON or YAML");
        write.MapPost("/{name}/refresh", RefreshAsync).WithSummary("Brings the figures up to date; whole=true computes everybody's");
        write.MapDelete("/{name}", RemoveAsync).WithSummary("Removes a measure that nothing is built on");
        return routes;
    }

    private static async Task<IResult> ListAsync(Measures measures, MeasureValues values, CancellationToken cancel)
    {
        var shown = new List<object>();
        foreach (var measure in await measures.ListAsync(cancel)) shown.Add(Shown(measure, await values.SpreadAsync(measure.Name, cancel)));
        return Results.Ok(shown);
    }

    private static async Task<IResult> FindAsync(string name, int? limit, Measures measures, MeasureValues values, CancellationToken cancel)
    {
        var measure = await measures.FindAsync(name, cancel);
        return Results.Ok(new
        {
            measure = Shown(measure, await values.SpreadAsync(name, cancel)),
            what = MeasureSentence.English(measure.Measure, measure.Level),
            bars = (await values.LookAsync(name, cancel)).Bars,
            highest = (await values.HighestAsync(name, Math.Clamp(limit ?? 10, 1, 500), cancel)).Select(h => new { id = h.Subject.ToString(), value = h.Value }),
            sql = $"SELECT subject, value, as_of FROM measure_value WHERE measure = '{name}' ORDER BY value DESC",
        });
    }

    private static async Task<IResult> PreviewAsync(HttpContext context, MeasureValues values, TimeProvider time, CancellationToken cancel)
    {
        var (_, level, measure) = Measures.Parse(await BodyAsync(context, cancel));
        var asOf = time.GetUtcNow();
        var look = await values.PreviewAsync(measure, level, asOf, cancel);
        return Results.Ok(new { level = Word(level), measure = Tree(measure), what = MeasureSentence.English(measure, level), spread = look.Spread, bars = look.Bars, some = look.Some.Select(s => new { id = s.Subject.ToString(), value = s.Value }), asOf });
    }

    private static async Task<IResult> PutAsync(string name, HttpContext context, Measures measures, MeasureValues values, Catalogue segments, TimeProvider time, ClaimsPrincipal user, Audit audit, CancellationToken cancel)
    {
        var (title, level, measure) = Measures.Parse(await BodyAsync(context, cancel));
        var stored = await StoreAsync(new(name, title, level, measure), measures, values, segments, time, cancel);
        await audit.WriteAsync(user.Actor(), "measure.put", name, "", cancel);
        return Results.Ok(Shown(stored, await values.SpreadAsync(name, cancel)));
    }

    /// <summary>A measure that is to be stored.</summary>
    internal sealed record Order(string Name, string? Title, MeasureLevel Level, Measure Measure);

    /// <summary>Stores a measure and computes its figures. What segments are built on has to stay something that rules can ask for.</summary>
    internal static async Task<StoredMeasure> StoreAsync(Order order, Measures measures, MeasureValues values, Catalogue segments, TimeProvider time, CancellationToken cancel)
    {
        foreach (var segment in await segments.UsersOfAsync(order.Name, cancel))
        {
            try
            {
                FilterMeasures.Expand(segment.Rule, asked => asked != order.Name ? AnyMeasure : order.Level is MeasureLevel.Profile ? order.Measure : null);
            }
            catch (BadInputException fault) when (fault.Message.Contains($"'{order.Name}'", StringComparison.Ordinal))
            {
                throw new BadInputException($"The segment '{segment.Name}' is built on the measure '{order.Name}' and could not be judged any more: {fault.Message}", fault);
            }
        }
        var stored = await measures.PutAsync(order.Name, order.Title, order.Level, order.Measure, cancel);
        await values.RefreshAsync(stored, time.GetUtcNow(), true, cancel);
        segments.Renew();
        return stored;
    }

    private static async Task<IResult> RefreshAsync(string name, bool? whole, Measures measures, MeasureValues values, TimeProvider time, CancellationToken cancel)
    {
        var change = await values.RefreshAsync(await measures.FindAsync(name, cancel), time.GetUtcNow(), whole is true, cancel);
        return Results.Ok(new { name, looked = change.Looked, values = change.Values, whole = change.Whole });
    }

    private static async Task<IResult> RemoveAsync(string name, Measures measures, Catalogue segments, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (!await measures.RemoveAsync(name, [.. (await segments.UsersOfAsync(name, cancel)).Select(s => $"the segment '{s.Name}'")], cancel)) throw new BadInputException($"There is no measure '{name}'. 'kendt measure list' shows them.");
        await audit.WriteAsync(user.Actor(), "measure.remove", name, "", cancel);
        return Results.Ok(new { removed = name });
    }

    private static readonly Measure AnyMeasure = MeasureJson.Parse("""{"event":"any"}""");

    private static object Shown(StoredMeasure m, MeasureSpread? spread) => new { name = m.Name, title = m.Title, level = Word(m.Level), measure = Tree(m.Measure), updatedAt = m.UpdatedAt, spread };

    private static JsonElement Tree(Measure measure) => JsonSerializer.Deserialize<JsonElement>(MeasureJson.Write(measure));

    private static string Word(MeasureLevel level) => level.ToString().ToLowerInvariant();

    private static async Task<JsonElement> BodyAsync(HttpContext context, CancellationToken cancel)
    {
        using var reader = new StreamReader(context.Request.Body);
        return RuleFile.Tree(await reader.ReadToEndAsync(cancel));
    }
}
