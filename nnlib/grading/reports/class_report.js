
const table = document.querySelector(".sortable")
const heads = [...table.tHead.rows[0].cells]

function value(row, column) {
    const text = row.cells[column].textContent
    return heads[column].classList.contains("number") ? parseFloat(text) : text      // a dash is NaN
}

function sort(column) {
    const descending = heads[column].ariaSort === "ascending"
    const sign = descending ? -1 : 1
    const rows = [...table.tBodies[0].rows].sort((one, other) => {
        const a = value(one, column), b = value(other, column)
        if (typeof a === "string")
            return sign * a.localeCompare(b, undefined, { numeric: true })
        return isNaN(a) || isNaN(b) ? isNaN(a) - isNaN(b) : sign * (a - b)           // dashes stay at the end
    })
    table.tBodies[0].append(...rows)
    heads.forEach(head => head.removeAttribute("aria-sort"))
    heads[column].setAttribute("aria-sort", descending ? "descending" : "ascending")
}

heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => sort(column)))
