namespace Roku.Events.Emulator;

// The newest items. Each has a number, counted from 1, that no other ever gets.
internal sealed class Ring<T>(int capacity)
{
    private T[] _items = [];
    private int _start;

    public int Count { get; private set; }

    public long Last { get; private set; }

    public long First => Last - Count + 1;

    public void Add(T item)
    {
        Last++;
        if (capacity == 0)
        {
            return;
        }

        if (Count == _items.Length && Count < capacity)
        {
            Grow();
        }

        if (Count < _items.Length)
        {
            _items[(_start + Count++) % _items.Length] = item;
        }
        else
        {
            _items[_start] = item;
            _start = (_start + 1) % _items.Length;
        }
    }

    public T? Find(long number) => number >= First && number <= Last ? _items[Slot(number)] : default;

    public T[] From(long number, int max)
    {
        var first = Math.Max(number, First);
        var found = new T[Math.Clamp(Last - first + 1, 0, max)];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = _items[Slot(first + i)];
        }

        return found;
    }

    public void Clear() => (_items, _start, Count) = ([], 0, 0);

    private int Slot(long number) => (int)((_start + number - First) % _items.Length);

    private void Grow()
    {
        var all = From(First, Count);
        _items = new T[Math.Min(capacity, Math.Max(16, _items.Length * 2))];
        all.CopyTo(_items, 0);
        _start = 0;
    }
}
