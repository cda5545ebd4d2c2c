using System.Text;
using Kendt.Model;
using Kendt.Unify.Matching;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Unify.Batch;

/// <summary>What a configuration makes of values before they are compared: those that say nothing, words for words, telephones of a country.</summary>
internal sealed class SaidValues(MatchConfig config)
{
    private readonly HashSet<string> _nothing = [.. config.Ignored.Select(Key)];
    private readonly Dictionary<Meaning, Dictionary<string, string>> _aliases = config.Aliases.ToDictionary(a => a.Key, a => a.Value.GroupBy(w => Key(w.Key)).ToDictionary(w => w.Key, w => w.First().Value));

    /// <summary>What is made of one field of one source; null where values stay as they are.</summary>
    public Reader? Of(string source, Meaning meaning)
    {
        var country = meaning is Meaning.Phone ? config.Of(source).Country : null;
        var aliases = _aliases.GetValueOrDefault(meaning);
        return country is null && aliases is null && _nothing.Count == 0 ? null : new(_nothing, aliases, country);
    }

    /// <summary>How a value is looked for: without regard to case and the space around it.</summary>
    private static string Key(string text) => Fold.Text(text.Trim());

    /// <summary>Reads the values of one field, each distinct one once.</summary>
    internal sealed class Reader(HashSet<string> nothing, Dictionary<string, string>? aliases, string? country)
    {
        private readonly Dictionary<(Column, int), byte[]> _made = [];

        public ReadOnlySpan<byte> Value(Column column, int number)
        {
            if (!_made.TryGetValue((column, number), out var made)) _made[(column, number)] = made = Make(column.Value(number));
            return made;
        }

        public byte[] Make(ReadOnlySpan<byte> value)
        {
            var text = Encoding.UTF8.GetString(value);
            if (text.Length == 0 || nothing.Contains(Key(text))) return [];
            if (aliases is not null) text = aliases.TryGetValue(Key(text), out var whole) ? whole : string.Join(' ', text.Split(' ').Select(word => aliases.GetValueOrDefault(Key(word), word)));
            if (country is not null && Identifier.TryCreate(Identifier.Phone, text, out var phone, out _, country)) text = phone.Value;
            return Encoding.UTF8.GetBytes(text);
        }
    }
}
