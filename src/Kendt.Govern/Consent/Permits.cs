using System.Text.Json;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Govern;

/// <summary>What somebody wants to do with personal data.</summary>
public sealed record PermitRequest
{
    public required string Purpose { get; init; }

    public required Use Use { get; init; }

    /// <summary>What for, in a few words: <c>delivery of segment 'lapsed' to 'newsletter'</c>. No personal values.</summary>
    public required string What { get; init; }

    /// <summary>Who asks, as in the audit.</summary>
    public required string Actor { get; init; }
}

/// <summary>The answer: those who may be used, and why the others may not.</summary>
/// <param name="Asked">How many different people were asked for.</param>
/// <param name="RefusedByReason">Reason in plain words to how many.</param>
public sealed record PermitAnswer(Permit<IReadOnlyList<ProfileId>> Permit, int Asked, int Granted, IReadOnlyDictionary<string, int> RefusedByReason);

/// <summary>
/// Decides whether personal data may be used, by the rules of the GDPR: a purpose that rests on consent needs a yes, and
/// who never answered has not said yes; a purpose that rests on a contract or a law needs none. Every asking is kept and
/// audited.
/// </summary>
public sealed class Permits(Stores stores, Consents consents, TimeProvider time)
{
    /// <summary>The reasons for which a person is left out.</summary>
    public const string NeverAsked = "no consent given", Denied = "consent denied";

    private readonly Purposes _purposes = new(stores);
    private readonly Audit _audit = new(stores, time);

    /// <summary>How long a permit holds.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromHours(1);

    /// <summary>The permit is for those of <paramref name="people"/> who may be used, in the order given, each once; it may be for nobody.</summary>
    /// <exception cref="BadInputException">The purpose is unknown.</exception>
    public async Task<PermitAnswer> AskAsync(PermitRequest request, IReadOnlyList<ProfileId> people, CancellationToken cancel)
    {
        var purpose = await _purposes.GetAsync(request.Purpose, cancel);
        var asked = people.Distinct().ToArray();
        var granted = asked;
        var refused = new SortedDictionary<string, int>(StringComparer.Ordinal);
        if (purpose.Basis is LegalBasis.Consent)
        {
            var states = await consents.StatesAsync(purpose.Name, asked, cancel);
            granted = [.. asked.Where(id => states[id] is ConsentState.Granted)];
            Count(refused, NeverAsked, states.Values.Count(s => s is ConsentState.Unknown));
            Count(refused, Denied, states.Values.Count(s => s is ConsentState.Denied));
        }
        var now = time.GetUtcNow();
        var permit = new Permit<IReadOnlyList<ProfileId>>(Guid.CreateVersion7(now), purpose.Name, request.Use, now, now + Lifetime, granted, time);
        await stores.Ledger.WriteAsync(async session =>
        {
            session.Changes();
            await session.ExecuteAsync(Sql.Of($"""
                insert into permit (permit_id, purpose, use, what, actor, asked, granted, refused, at, expires_at)
                values ({permit.Id}, {purpose.Name}, {request.Use}, {request.What}, {request.Actor}, {(long)asked.Length}, {(long)granted.Length},
                    {JsonSerializer.Serialize(refused)}, {now}, {permit.ExpiresAt})
                """), cancel);
            await _audit.WriteAsync(session, request.Actor, "permit.asked", permit.Id.ToString("D"),
                $"{request.What}: {purpose.Name}, {request.Use.ToString().ToLowerInvariant()}, {granted.Length} of {asked.Length} granted", cancel);
        }, cancel);
        return new(permit, asked.Length, granted.Length, refused);
    }

    private static void Count(SortedDictionary<string, int> refused, string reason, int people)
    {
        if (people > 0) refused[reason] = people;
    }
}
