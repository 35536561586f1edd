namespace LuohuIOC.Storage;

/// <summary>
/// A moment by the clock that nobody sets: a host that starts with its clock hours ahead, as one without a battery does, and is set right a minute later, must not wait for those hours.
/// For times that are stored, told or compared with a device's the host's clock is the right one.
/// </summary>
/// <param name="Timestamp">Of <see cref="TimeProvider.GetTimestamp"/>; the default has passed.</param>
internal readonly record struct Moment(long Timestamp)
{
    public static Moment After(TimeProvider time, TimeSpan span) => new(time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency));

    public bool HasCome(TimeProvider time) => Timestamp == 0 || time.GetTimestamp() >= Timestamp;
}
