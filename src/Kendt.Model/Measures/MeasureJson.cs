using System.Text.Json;
using Kendt.Model.Filters;

namespace Kendt.Model.Measures;

/// <summary>
/// Measures as JSON: which events as in a segment's rule (<c>event</c>, <c>where</c>), a window (<c>within</c>, <c>during</c>,
/// or <c>from</c> and <c>to</c>) and one calculation; or the <c>ratio</c> of two such.
/// <c>{"event": "Order Completed", "within": "90d", "sum": {"of": "total"}}</c>. See docs/guide/14-measures.md.
/// </summary>
public static class MeasureJson
{
    /// <exception cref="BadInputException">It is no measure; the message says where and why.</exception>
    public static Measure Parse(JsonElement json)
    {
        try
        {
            return new FilterReader().Measure(json);
        }
        catch (BadInputException fault) when (fault.Message.StartsWith("The rule:", StringComparison.Ordinal))
        {
            throw new BadInputException("The measure" + fault.Message["The rule".Length..], fault);
        }
    }

    /// <inheritdoc cref="Parse(JsonElement)"/>
    public static Measure Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Parse(document.RootElement);
        }
        catch (JsonException fault)
        {
            throw new BadInputException($"The measure cannot be read as JSON: {fault.Message}", fault);
        }
    }

    /// <summary>The measure as JSON text on one line; the same measure always gives the same text.</summary>
    public static string Write(Measure measure) => FilterWriter.Text(json =>
    {
        json.WriteStartObject();
        if (measure is Ratio ratio)
        {
            json.WriteStartObject("ratio");
            json.WriteStartObject("of");
            Write(json, ratio.Of);
            json.WriteEndObject();
            json.WriteStartObject("to");
            Write(json, ratio.To);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        else
        {
            Write(json, (EventMeasure)measure);
        }
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, EventMeasure measure)
    {
        FilterWriter.Write(json, measure.Match);
        if (measure.Window.Within is { } within) json.WriteString("within", within.ToString());
        if (measure.Window.During is { } during) json.WriteString("during", during.ToString());
        if (measure.Window.From is { } from) json.WriteString("from", from.Text);
        if (measure.Window.To is { } to) json.WriteString("to", to.Text);
        var calculation = measure.Calculation;
        json.WriteStartObject(calculation.Kind.ToString().ToLowerInvariant());
        if (calculation.Of is { } of) json.WriteString("of", of.Text);
        if (calculation.Kind is CalculationKind.Percentile) json.WriteNumber("at", calculation.At);
        if (calculation.Which.Length > 0) json.WriteString("which", calculation.Which);
        if (calculation.Unit.Length > 0) json.WriteString("unit", calculation.Unit);
        json.WriteEndObject();
    }
}
