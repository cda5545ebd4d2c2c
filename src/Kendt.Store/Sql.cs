using System.Runtime.CompilerServices;
using System.Text;

namespace Kendt.Store;

/// <summary>
/// A piece of SQL in which every value is a parameter. <c>Sql.Of($"select id from profile where name = {name} and {filter}")</c>:
/// values become <c>$1, $2 ...</c>, nested <see cref="Sql"/> is composed, names come only from <see cref="Name"/>.
/// What engines say differently comes from <see cref="Dialect"/> through <see cref="By"/>.
/// </summary>
public sealed class Sql
{
    private readonly object[] _parts; // string literals, Value boxes and Func<Dialect, Sql>

    internal Sql(object[] parts) => _parts = parts;

    public static Sql Empty { get; } = new([]);

    /// <summary>The text of a constant statement; interpolated values become parameters.</summary>
    public static Sql Of(SqlText text) => text.Done();

    /// <summary>A name (table, column, alias): lower-case letters, digits and underscores only.</summary>
    /// <exception cref="ArgumentException">The name has another character.</exception>
    public static Sql Name(string name)
    {
        if (name.Length is 0 or > 63 || name.AsSpan().ContainsAnyExcept(NameCharacters))
            throw new ArgumentException("A name in SQL has lower-case letters, digits and underscores only.", nameof(name));
        return new([name]);
    }

    /// <summary>What depends on the engine.</summary>
    public static Sql By(Func<Dialect, Sql> choose) => new([choose]);

    /// <summary>A parameter on its own.</summary>
    public static Sql Value(object? value) => new([new Parameter(value)]);

    public static Sql Join(string separator, IEnumerable<Sql> pieces)
    {
        var parts = new List<object>();
        foreach (var piece in pieces)
        {
            if (parts.Count > 0) parts.Add(separator);
            parts.AddRange(piece._parts);
        }
        return new([.. parts]);
    }

    /// <summary><c>($1, $2), ($3, $4)</c>: rows of values, for <c>insert ... values</c> and <c>with v(a, b) as (values ...)</c>.</summary>
    public static Sql Rows(IEnumerable<object?[]> rows)
    {
        var parts = new List<object>();
        foreach (var row in rows)
        {
            parts.Add(parts.Count > 0 ? ", (" : "(");
            for (var i = 0; i < row.Length; i++)
            {
                if (i > 0) parts.Add(", ");
                parts.Add(row[i] is Sql sql ? new Nested(sql) : new Parameter(row[i]));
            }
            parts.Add(")");
        }
        return new([.. parts]);
    }

    /// <summary><c>(true)</c>-less conjunction: the pieces joined by <c>and</c>, or <c>true</c> if there are none.</summary>
    public static Sql And(params IReadOnlyCollection<Sql> pieces) => pieces.Count == 0 ? Of($"1 = 1") : Join(" and ", pieces.Select(p => Of($"({p})")));

    public static Sql Or(params IReadOnlyCollection<Sql> pieces) => pieces.Count == 0 ? Of($"1 = 0") : Of($"({Join(" or ", pieces.Select(p => Of($"({p})")))})");

    /// <summary>The statement in one engine's words, with its parameters in order.</summary>
    public (string Text, IReadOnlyList<object?> Parameters) For(Dialect dialect)
    {
        var text = new StringBuilder();
        var parameters = new List<object?>();
        Write(dialect, text, parameters);
        return (text.ToString(), parameters);
    }

    /// <summary>The statement as a person reads it: parameters stay <c>$n</c>, so it holds no personal data.</summary>
    public string Show(Dialect dialect) => For(dialect).Text;

    private void Write(Dialect dialect, StringBuilder text, List<object?> parameters)
    {
        foreach (var part in _parts)
        {
            switch (part)
            {
                case string literal:
                    text.Append(literal);
                    break;
                case Parameter parameter:
                    parameters.Add(parameter.Value);
                    text.Append('$').Append(parameters.Count);
                    break;
                case Nested nested:
                    nested.Sql.Write(dialect, text, parameters);
                    break;
                case Func<Dialect, Sql> choose:
                    choose(dialect).Write(dialect, text, parameters);
                    break;
            }
        }
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    private sealed record Parameter(object? Value);

    private sealed record Nested(Sql Sql);

    /// <summary>The handler behind <see cref="Of"/>; the compiler makes it.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct SqlText
    {
        private readonly List<object> _parts;

        public SqlText(int literalLength, int formattedCount) => _parts = new(formattedCount * 2 + 1);

        public void AppendLiteral(string text) => _parts.Add(text);

        public void AppendFormatted(Sql piece) => _parts.Add(new Nested(piece));

        public void AppendFormatted<T>(T value) => _parts.Add(new Parameter(value));

        internal Sql Done() => new([.. _parts]);
    }
}
