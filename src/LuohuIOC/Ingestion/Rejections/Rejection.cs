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
/// <param name="PayloadBytes">Length of the publish's payload.</param>
/// <param name="FirstBytes">The payload's first bytes, at most <see cref="FirstBytesMax"/>.</param>
public sealed record Rejection(
    long At, string Gateway, string Topic, RejectionReason Reason, string Sensor, int Index, string Metric, int PayloadBytes, byte[] FirstBytes)
{
    public const int FirstBytesMax = 256;
}
