using System.Diagnostics.CodeAnalysis;

namespace LuohuIOC.Tests.Storage;

/// <summary>A state that shows whether it is whole: the bytes follow from the count.</summary>
[GenerateSerializer, Alias("luohu.test-tally.v1")]
public sealed class Tally
{
    [Id(0)]
    public int Count { get; set; }

    [Id(1)]
    public byte[] Bytes { get; set; } = [];

    public bool IsWhole => Bytes.AsSpan().SequenceEqual(Of(Count).Bytes);

    public static Tally Of(int count) => new() { Count = count, Bytes = [.. Enumerable.Range(0, count * 37 % 5000).Select(i => (byte)(i * count))] };
}

/// <summary>What a grain holds of its stored state.</summary>
internal sealed class Held : IGrainState<Tally>
{
    [AllowNull]
    public Tally State { get; set => field = value ?? new Tally(); } = new();

    public string? ETag { get; set; }

    public bool RecordExists { get; set; }
}
