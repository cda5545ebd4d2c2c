namespace Kendt.Govern;

/// <summary>What is to be done with personal data.</summary>
public enum Use
{
    /// <summary>A message or a list of people goes to another system of the company.</summary>
    Send,

    /// <summary>Data goes to another company.</summary>
    Share,

    /// <summary>What a person is shown or offered depends on it.</summary>
    Decide,

    /// <summary>A model learns from it.</summary>
    Train,
}

/// <summary>
/// The proof that personal data may be used: only <see cref="Permits"/> makes one, after it has asked what people
/// allowed. What sends, shares, decides or trains takes a permit as its argument, so that code which did not ask does
/// not compile. A permit is short-lived, because people may change their minds.
/// </summary>
/// <typeparam name="T">What may be used: the people allowed, or what was made of them.</typeparam>
public sealed class Permit<T>
{
    private readonly TimeProvider _time;
    private readonly T _value;

    internal Permit(Guid id, string purpose, Use use, DateTimeOffset issuedAt, DateTimeOffset expiresAt, T value, TimeProvider time)
    {
        (Id, Purpose, Use, IssuedAt, ExpiresAt) = (id, purpose, use, issuedAt, expiresAt);
        (_value, _time) = (value, time);
    }

    /// <summary>The key of its row in the table <c>permit</c>.</summary>
    public Guid Id { get; }

    public string Purpose { get; }

    public Use Use { get; }

    public DateTimeOffset IssuedAt { get; }

    public DateTimeOffset ExpiresAt { get; }

    /// <summary>What may be used.</summary>
    /// <exception cref="InvalidOperationException">The permit has expired: ask again.</exception>
    public T Value => _time.GetUtcNow() < ExpiresAt
        ? _value
        : throw new InvalidOperationException($"Permit {Id} for '{Purpose}' expired at {ExpiresAt:O}; ask for another.");

    /// <summary>
    /// The same proof for what is made of <see cref="Value"/> (people become messages). <paramref name="make"/> must make it
    /// of nobody else.
    /// </summary>
    public Permit<TOther> Select<TOther>(Func<T, TOther> make) => new(Id, Purpose, Use, IssuedAt, ExpiresAt, make(Value), _time);
}
