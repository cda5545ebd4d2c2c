using System.Buffers;
using System.Text.Json;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>Reads the rows of one mapping to facts. Used by one thread at a time or by many: it holds nothing of a row.</summary>
internal sealed class RecordReader
{
    private readonly Mapping _mapping;
    private readonly Cells _cells;
    private readonly PathTree _traits;
    private readonly Dictionary<string, List<int>> _places = new(StringComparer.Ordinal);
    private readonly int _country;
    private readonly int _timePlace, _count;

    public RecordReader(Mapping mapping)
    {
        _mapping = mapping;
        _cells = new(mapping.Format);
        var decides = mapping.Columns.Any(c => c.Consent is not null);
        _traits = PathTree.Of(mapping.Columns, c => c.Trait, mapping.Set.Where(s => !decides || s.Key != "purpose").ToDictionary());
        for (var i = 0; i < mapping.Columns.Count; i++) Place(mapping.Columns[i].Name, i);
        _country = mapping.Columns.ToList().FindIndex(c => c.Trait is "address.country" or "country");
        _timePlace = mapping.Columns.Count;
        _count = mapping.Columns.Count + 1;
        if (mapping.Time is { } time) Place(time, _timePlace);
    }

    /// <summary>The facts, and what was left out of them.</summary>
    public (RecordFacts Facts, string? Reason) Read(RecordRow row)
    {
        var values = new string?[_count];
        using (var json = JsonDocument.Parse(row.Body))
        {
            foreach (var member in json.RootElement.EnumerateObject())
            {
                if (!_places.TryGetValue(member.Name, out var places)) continue;
                var value = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : member.Value.GetRawText();
                if (_cells.Said(value).IsEmpty) continue;
                foreach (var place in places) values[place] = value;
            }
        }
        var reasons = new List<string>();
        var at = row.ReceivedAt;
        if (!row.IsGone && !string.IsNullOrWhiteSpace(values[_timePlace]))
        {
            if (_cells.TryTime(values[_timePlace], out var said)) at = said;
            else reasons.Add($"'{_mapping.Time}' is no time");
        }
        var facts = new RecordFacts
        {
            Seq = row.Seq,
            Source = row.Source,
            Key = row.Key,
            IsGone = row.IsGone,
            IsAccount = _mapping.IsAccount,
            At = at,
            ReceivedAt = row.ReceivedAt,
            Identifiers = Identifiers(row, values, reasons, out var account),
            Account = account,
            Traits = row.IsGone ? new Dictionary<string, JsonElement>() : Traits(values, reasons),
            Consents = row.IsGone ? [] : Consents(values, at, reasons),
        };
        if (row.IsGone) return (facts, null); // what could not be read was told when it came
        if (facts.Identifiers.Count == 0 && (facts.Traits.Count > 0 || facts.Consents.Count > 0) && _mapping.Columns.Any(c => c.Identifier is not null))
            reasons.Add("the row names nobody: every column that is an identifier is empty or unusable");
        return (facts, reasons.Count == 0 ? null : ImportRun.LeftOut + string.Join("; ", reasons) + ".");
    }

    private void Place(string name, int place)
    {
        if (!_places.TryGetValue(name, out var places)) _places[name] = places = [];
        places.Add(place);
    }

    // The strongest first, as in messages; the row's own key last: it is sure, but nobody else knows it.
    private List<Identifier> Identifiers(RecordRow row, string?[] values, List<string> reasons, out Identifier? account)
    {
        account = null;
        var found = new List<Identifier>();
        var region = Region.Of(_country < 0 ? null : values[_country]) ?? Region.Default;
        for (var i = 0; i < _mapping.Columns.Count; i++)
        {
            var column = _mapping.Columns[i];
            if (string.IsNullOrWhiteSpace(values[i])) continue;
            if (column.Identifier is { } type)
            {
                if (!Identifier.TryCreate(type, values[i], out var id, out var reason, region)) reasons.Add(reason!);
                else if (!found.Contains(id)) found.Add(id);
            }
            if (column.IsAccount)
            {
                if (Identifier.TryCreate(Identifier.AccountNo, values[i], out var id, out var reason)) account = id;
                else reasons.Add(reason!);
            }
        }
        found = [.. found.OrderBy(Happenings.Strength)];
        var isDecision = _mapping.Columns.Any(c => c.Consent is not null);
        if (_mapping.Key.Count > 0 && !isDecision && Identifier.TryCreate(Identifier.RecordKeyOf(row.Source), row.Key, out var own, out _)) found.Add(own);
        return found;
    }

    private Dictionary<string, JsonElement> Traits(string?[] values, List<string> reasons)
    {
        var traits = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (_traits.IsEmpty) return traits;
        var bytes = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(bytes, JsonWords.Writing);
        writer.WriteStartObject();
        _traits.Write(writer, place => values[place], _cells, reasons);
        writer.WriteEndObject();
        writer.Flush();
        foreach (var member in JsonElement.Parse(bytes.WrittenSpan).EnumerateObject()) traits[member.Name] = member.Value;
        return traits;
    }

    private List<ConsentDecision> Consents(string?[] values, DateTimeOffset at, List<string> reasons)
    {
        string? state = null, purpose = _mapping.Set.TryGetValue("purpose", out var constant) ? constant.ToString() : null;
        for (var i = 0; i < _mapping.Columns.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(values[i])) continue;
            switch (_mapping.Columns[i].Consent)
            {
                case ConsentPart.State: state = values[i]!.Trim(); break;
                case ConsentPart.Purpose: purpose = values[i]!.Trim(); break;
                case ConsentPart.Time when _cells.TryTime(values[i], out var said): at = said; break;
                case ConsentPart.Time:
                    // Without its time a decision could overrule a later one.
                    reasons.Add($"'{_mapping.Columns[i].Name}' is no time, so the decision is not taken");
                    return [];
            }
        }
        if (state is null) return [];
        if (purpose is null) reasons.Add("the decision names no purpose");
        else if (StateOf(state) is { } read) return [new(purpose, read, at)];
        else reasons.Add("the state of the decision is neither granted nor denied");
        return [];
    }

    private static ConsentState? StateOf(string text) => text.ToLowerInvariant() switch
    {
        "granted" or "grant" or "opt-in" or "optin" or "in" or "accepted" or "samtykket" => ConsentState.Granted,
        "denied" or "deny" or "opt-out" or "optout" or "out" or "revoked" or "withdrawn" or "declined" or "afvist" or "trukket" => ConsentState.Denied,
        "unknown" => ConsentState.Unknown,
        var other => Cells.TryBoolean(other, null, out var yes) ? yes ? ConsentState.Granted : ConsentState.Denied : null,
    };
}
