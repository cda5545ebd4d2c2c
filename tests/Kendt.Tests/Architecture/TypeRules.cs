using System.Reflection;
using System.Runtime.CompilerServices;
using Kendt.Govern;

namespace Kendt.Tests.Architecture;

/// <summary>What holds for the types that were built.</summary>
public static class TypeRules
{
    /// <summary>The product's assemblies that lie beside the tests.</summary>
    public static IReadOnlyList<Assembly> Rooms { get; } =
        [.. Directory.EnumerateFiles(AppContext.BaseDirectory, "Kendt.*.dll").Select(f => Path.GetFileNameWithoutExtension(f)!).Where(n => !n.Contains("Tests", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Assembly.Load)];

    /// <summary>What can be awaited can be cancelled: <c>CancellationToken cancel</c>, last and without a default.</summary>
    public static IEnumerable<string> Cancellation(Type type) => type
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(m => !m.IsSpecialName && IsAwaited(m.ReturnType) && !IsSaidElsewhere(type, m))
        .Where(m => m.GetParameters() is not [.., { Name: "cancel", HasDefaultValue: false } last] || last.ParameterType != typeof(CancellationToken))
        .Select(m => $"{type.FullName}.{m.Name}: the last parameter must be CancellationToken cancel.");

    /// <summary>An id is a <c>readonly record struct</c>: a value, equal by what it holds, and no other id.</summary>
    public static IEnumerable<string> Ids(Type type)
    {
        if (!type.Name.EndsWith("Id", StringComparison.Ordinal) || type.IsEnum || type.IsInterface) yield break;
        var isRecord = type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;
        if (!type.IsValueType || !isRecord || type.GetCustomAttribute<IsReadOnlyAttribute>() is null) yield return $"{type.FullName} must be a readonly record struct.";
    }

    /// <summary>A proof that only its own assembly can make: sealed, no constructor or clone for others, nobody let in.</summary>
    public static IEnumerable<string> Proof(Type type)
    {
        if (!type.IsSealed) yield return $"{type.Name} can be derived from.";
        if (type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).Any(c => !c.IsAssembly && !c.IsPrivate && !c.IsFamilyAndAssembly)) yield return $"{type.Name} has a constructor for others.";
        if (type.GetMethod("<Clone>$") is not null || type.GetProperties().Any(p => p.SetMethod is { IsPublic: true })) yield return $"{type.Name} can be changed or copied with changes.";
        if (type.Assembly.GetCustomAttributes<InternalsVisibleToAttribute>().FirstOrDefault() is { } friend) yield return $"{type.Assembly.GetName().Name} lets {friend.AssemblyName} see its insides.";
    }

    /// <summary>Methods and constructors, outside the proof and the one that asks, by which others could get a proof without asking.</summary>
    public static IEnumerable<string> Makers(IEnumerable<Type> types) => types
        .Where(t => t != typeof(Permit<>) && t != typeof(Permits))
        .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(m => !m.IsSpecialName && Innermost(m.ReturnType) is { IsGenericType: true } r && r.GetGenericTypeDefinition() == typeof(Permit<>))
        .Where(m => !m.GetParameters().Any(p => p.ParameterType.IsGenericType && p.ParameterType.GetGenericTypeDefinition() == typeof(Permit<>)))
        .Select(m => $"{m.DeclaringType!.FullName}.{m.Name} gives a permit that nobody asked for.");

    private static Type Innermost(Type type) => type.IsGenericType && IsAwaited(type) ? type.GetGenericArguments()[0] : type;

    private static bool IsAwaited(Type type) =>
        type == typeof(Task) || type == typeof(ValueTask)
        || type.IsGenericType && type.GetGenericTypeDefinition() is var g && (g == typeof(Task<>) || g == typeof(ValueTask<>) || g == typeof(IAsyncEnumerable<>) || g == typeof(IAsyncEnumerator<>));

    // The framework chose the parameters: overrides and implementations of what is not ours.
    private static bool IsSaidElsewhere(Type type, MethodInfo method)
    {
        if (method.GetBaseDefinition().DeclaringType is { } first && first != type && !IsOurs(first)) return true;
        if (type.IsInterface) return false;
        return type.GetInterfaces().Where(i => !IsOurs(i)).Any(i => type.GetInterfaceMap(i).TargetMethods.Contains(method));
    }

    private static bool IsOurs(Type type) => type.Assembly.GetName().Name!.StartsWith("Kendt", StringComparison.OrdinalIgnoreCase);
}
