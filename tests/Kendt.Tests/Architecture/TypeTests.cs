using Kendt.Govern;
using Kendt.Model;

namespace Kendt.Tests.Architecture;

/// <summary>The types that were built keep the house rules. Each rule has a type below that breaks it.</summary>
public sealed class TypeTests
{
    private static IReadOnlyList<Type> Types => [.. TypeRules.Rooms.SelectMany(a => a.GetExportedTypes())];

    [Fact]
    public void Everything_awaited_can_be_cancelled()
    {
        Assert.Contains(typeof(Permits), Types);
        Tree.Holds(Types.SelectMany(TypeRules.Cancellation));
    }

    [Fact]
    public void What_cannot_be_cancelled_is_found()
    {
        Assert.Equal(4, TypeRules.Cancellation(typeof(Unstoppable)).Count());
        Assert.Empty(TypeRules.Cancellation(typeof(Stoppable)));
    }

    [Fact]
    public void Ids_are_readonly_record_structs()
    {
        Assert.Contains(typeof(ProfileId), Types);
        Tree.Holds(Types.SelectMany(TypeRules.Ids));
    }

    [Theory]
    [InlineData(typeof(ClassId))]
    [InlineData(typeof(PlainId))]
    [InlineData(typeof(ChangingId))]
    public void An_id_that_is_something_else_is_found(Type type) => Assert.Single(TypeRules.Ids(type));

    [Fact]
    public void Only_govern_makes_permits()
    {
        Tree.Holds(TypeRules.Proof(typeof(Permit<>)));
        Tree.Holds(TypeRules.Makers(Types));
    }

    [Theory]
    [InlineData(typeof(OpenPermit<>))]
    [InlineData(typeof(RecordPermit<>))]
    [InlineData(typeof(FamilyPermit<>))]
    public void A_proof_that_anybody_can_make_is_found(Type type) => Assert.NotEmpty(TypeRules.Proof(type));

    [Fact]
    public void A_back_door_to_permits_is_found() => Assert.Equal(2, TypeRules.Makers([typeof(BackDoor)]).Count());

    // The analysers would refuse these samples, too.
#pragma warning disable CA1822, CA1068, CA1815, IDE0060
    public sealed class Unstoppable
    {
        public Task NeverAsync() => Task.CompletedTask;
        public Task<int> NotLastAsync(CancellationToken cancel, int n) => Task.FromResult(n);
        public ValueTask OptionalAsync(CancellationToken cancel = default) => ValueTask.CompletedTask;
        public IAsyncEnumerable<int> NamedAsync(CancellationToken token) => AsyncEnumerable.Empty<int>();
    }

    public sealed class Stoppable : IAsyncDisposable, IAsyncEnumerable<int>
    {
        public Task RightAsync(int n, CancellationToken cancel) => Task.CompletedTask;
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => AsyncEnumerable.Empty<int>().GetAsyncEnumerator(cancellationToken);
    }

    public sealed record ClassId(Guid Value);
    public readonly struct PlainId;
    public record struct ChangingId(Guid Value);

    public sealed class OpenPermit<T>
    {
        public T? Value => default;
    }

    public sealed record RecordPermit<T>
    {
        internal RecordPermit(T value) => Value = value;
        public T Value { get; init; }
    }

    public class FamilyPermit<T>
    {
        protected FamilyPermit(T value) => Value = value;
        public T Value { get; }
    }

    public static class BackDoor
    {
        public static Permit<string> Free() => null!;
        public static Task<Permit<string>> FreeAsync(CancellationToken cancel) => Task.FromResult<Permit<string>>(null!);
        public static Permit<int> FromAnother(Permit<string> permit) => permit.Select(p => p.Length);
    }
#pragma warning restore CA1822, CA1068, CA1815, IDE0060
}
