using System.Collections.Immutable;

namespace LuohuIOC.Alerts;

/// <summary>
/// Which changes of one rule have been applied, so that a replay does nothing. A change is known by its observed time and
/// severity; the newest <see cref="KeysMax"/> are remembered one by one, and whatever is not younger than the youngest
/// forgotten one counts as seen. Order of observed time alone would not do: after an outage a gateway delivers old readings,
/// and the one that ends "offline" is older than the moment at which silence was noticed.
/// </summary>
/// <param name="ForgottenMs">Latest observed time among the changes that are no longer remembered one by one.</param>
/// <param name="Keys">Observed time × 8 + severity (0: ended) of the newest changes, in the order in which they came.</param>
public sealed record ChangeMemory(long ForgottenMs, ImmutableArray<long> Keys)
{
    /// <summary>Longer than any rule can flap between two checkpoints of its sensor's state; 256 bytes a rule at most.</summary>
    public const int KeysMax = 32;

    public static ChangeMemory Empty { get; } = new(long.MinValue, []);

    /// <summary>Latest observed time of all that were seen; <see cref="long.MinValue"/> before the first.</summary>
    public long NewestMs
    {
        get
        {
            var newest = ForgottenMs;
            foreach (var key in Keys) newest = Math.Max(newest, key >> 3);
            return newest;
        }
    }

    /// <summary>Whether it is one of the newest, which are remembered one by one.</summary>
    public bool Remembers(RuleChange change) => Keys.Contains(KeyOf(change));

    public bool Contains(RuleChange change) => change.ObservedMs <= ForgottenMs || Keys.Contains(KeyOf(change));

    public ChangeMemory With(RuleChange change) => Keys.Length < KeysMax
        ? this with { Keys = Keys.Add(KeyOf(change)) }
        : new ChangeMemory(Math.Max(ForgottenMs, Keys[0] >> 3), Keys.RemoveAt(0).Add(KeyOf(change)));

    public bool Equals(ChangeMemory? other) =>
        other is not null && ForgottenMs == other.ForgottenMs && Keys.AsSpan().SequenceEqual(other.Keys.AsSpan());

    public override int GetHashCode() => HashCode.Combine(ForgottenMs, Keys.Length);

    private static long KeyOf(RuleChange change) => (change.ObservedMs << 3) | (byte)(change.Severity ?? 0);
}
