using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Ingestion.Rejections;

/// <summary>Something that was refused: a publish, a sensor's readings, one reading or one metric.</summary>
/// <param name="At">When it was received, Unix ms.</param>
/// <param name="Gateway">Who published; empty when not known.</param>
/// <param name="Topic">The topic as sent.</param>
/// <param name="Reason">Why.</param>
/// <param name="Sensor">The sensor it was for, as sent; empty when neither the topic nor the refused part names one.</param>
/// <param name="Index">Index of the reading among the sensor's, −1 for all of them.</param>
/// <param name="Metric">The refused metric; empty when not one metric.</param>
/// <param name="PayloadBytes">Length of the publish's payload, or of the stretch of it that is no frame.</param>
/// <param name="FirstBytes">The first bytes of that, at most <see cref="FirstBytesMax"/>.</param>
public sealed record Rejection(
    long At, string Gateway, string Topic, RejectionReason Reason, string Sensor, int Index, string Metric, int PayloadBytes, byte[] FirstBytes)
{
    public const int FirstBytesMax = 256;

    /// <summary>Characters kept of a topic, of a sensor's id and of a metric's name: what is refused may be as long as a payload.</summary>
    public const int TopicLengthMax = 512, NameLengthMax = 128;

    /// <summary>As it is kept.</summary>
    internal Rejection Bounded() => Topic.Length <= TopicLengthMax && Sensor.Length <= NameLengthMax && Metric.Length <= NameLengthMax ? this
        : this with { Topic = Cut(Topic, TopicLengthMax), Sensor = Cut(Sensor, NameLengthMax), Metric = Cut(Metric, NameLengthMax) };

    /// <summary><c>abcdef</c>, 3 >> <c>abc…</c></summary>
    internal static string Cut(string text, int lengthMax) => text.Length <= lengthMax ? text : $"{text.AsSpan(0, lengthMax)}…";
}
