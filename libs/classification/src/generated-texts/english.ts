import type { TextTemplate } from './template.js';

export const ENGLISH: readonly TextTemplate[] = [
  { type: 'receipt', lines: [
    '# {company}', '{street}, {city}', '?Tel {phone}', '?Store {number} Register {small} Cashier {firstName}', '?RECEIPT', 'Date {date} Time {time}', '*{small} x {item} {amount}',
    'SUBTOTAL {amount}', '?SALES TAX {percent} {amount}', 'TOTAL {money}', '?CASH {amount}', '?CHANGE {amount}', '?VISA **** **** **** {number} APPROVED AUTH CODE {number}',
    '?ITEMS SOLD {small}', 'Thank you for shopping with us!', '?Please keep this receipt for returns within 30 days.'] },
  { type: 'receipt', lines: [
    '# Receipt', '?Receipt number {number}', 'Date paid {date}', 'Payment method Mastercard {number}', '{company}', '{street} {city}', '?{email}', '?Received from {person}',
    '{money} paid on {date}', 'Description Qty Amount', '*{item} {small} {amount}', 'Subtotal {amount}', 'Total {amount}', 'Amount paid {money}', '?Balance 0.00', '?Thank you for your payment.'] },
  { type: 'purchase-order', lines: [
    '# PURCHASE ORDER', 'PO Number: {number}', 'Order date: {date}', '?Requisition {number}', 'Vendor: {company}, {street}, {city}', 'Ship to: {company}, {street}, {city}', '?Buyer: {person} {email}',
    '?Required delivery date: {date}', '?Shipping terms: FOB destination', '?Payment terms: net 30', 'Line Item Description Quantity Unit price Amount', '*{small} {code} {item} {qty} {amount} {amount}',
    'Total order value {money}', '?Please acknowledge this order and quote the PO number on all invoices and packing slips.', '?Authorized by {person}, purchasing manager'] },
  { type: 'purchase-order', lines: [
    '# {company}', 'Purchase order no. {number} dated {date}', 'To: {company}', 'Please supply the following goods to the delivery address below:', '*{qty} {item} at {amount} each', '?Order total {money} excluding VAT',
    'Deliver to: {street}, {city} not later than {date}', '?Our standard purchasing conditions apply.', '?Ordered by: {person}', '?Approved by: {person}', '?Confirm receipt of this order by e-mail to {email}.'] },
  { type: 'delivery-note', lines: [
    '# DELIVERY NOTE', 'Delivery note no. {number}', 'Dispatch date {date}', '?Your order {number} of {date}', 'Deliver to: {company} {street} {city}', '?Carrier: {company} Tracking no. {code}', 'Item Description Ordered Shipped Backordered',
    '*{code} {item} {qty} {qty} 0', '?Number of packages {small} Gross weight {qty} kg', '?Goods received in good condition', 'Received by (name, signature, date)', '?Please report missing or damaged goods within 3 days.'] },
  { type: 'delivery-note', lines: [
    '# PACKING SLIP', '{company}', '?{street} {city}', 'Ship date {date}', 'Order number {number}', 'Ship to {person} {company} {city}', '?Ship via ground, {small} cartons', 'SKU Product Qty ordered Qty shipped', '*{code} {item} {qty} {qty}',
    '?Total units {qty}', '?This is not an invoice.', '?Pallets {small} Net weight {qty} kg Gross weight {qty} kg', '?Consignee signature'] },
  { type: 'delivery-note', lines: [
    '# BILL OF LADING', 'Shipper: {company}, {city}', 'Consignee: {company}, {city}', '?Notify party: same as consignee', '?Vessel / voyage {word} {number}', '?Port of loading {city} Port of discharge {city}', 'Container no. {code} Seal {number}',
    'Marks and numbers, kind of packages, description of goods, gross weight, measurement', '*{qty} cartons {item} {qty} kg', '?Freight prepaid', '?Place and date of issue {city} {date}', '?Signature of carrier'] },
  { type: 'financial-statement', lines: [
    '# {company} Bank', 'Account statement', 'Statement period {date} to {date}', 'Account number {number}', '?{person} {street} {city}', '?Account summary', 'Opening balance {amount}', '?Total deposits {amount} Total withdrawals {amount}',
    'Date Description Debit Credit Balance', '*{date} {company} {amount} {amount}', 'Closing balance {money}', '?Interest earned this period {amount}', '?Call {phone} to report a lost card.'] },
  { type: 'financial-statement', lines: [
    '# {company}', 'Balance sheet as of {date}', '?in thousands of dollars', 'Assets', 'Cash and cash equivalents {amount} {amount}', 'Accounts receivable {amount} {amount}', '?Inventories {amount} {amount}', 'Total assets {amount} {amount}', 'Liabilities and equity',
    'Accounts payable {amount} {amount}', '?Long-term debt {amount} {amount}', 'Retained earnings {amount} {amount}', '?Income statement: revenue {amount}, cost of sales {amount}, net income {amount}', '?Cash flows from operating activities {amount}'] },
  { type: 'financial-statement', lines: [
    '# Pay stub', '{company}', 'Employee {person} ID {number}', 'Pay period {date} to {date} Pay date {date}', 'Earnings Rate Hours Current YTD', 'Regular {amount} {qty} {amount} {amount}', '?Overtime {amount} {small} {amount} {amount}', 'Gross pay {amount}', 'Deductions',
    'Federal income tax {amount} {amount}', '?Social security {amount}', '?Medicare {amount}', 'Net pay {money}'] },
  { type: 'letter', lines: [
    '{person}', '{street}', '{city}', '{date}', '?{company}', '?Re: {item} {number}', 'Dear {title} {lastName},', 'Thank you for your letter of {date}. {prose}', '{prose}', '?I am writing to let you know that {prose}', '?Please do not hesitate to contact me at {phone}.', '?I look forward to hearing from you.',
    'Yours sincerely,', '{person}', '?Enclosure', '?cc: {person}'] },
  { type: 'letter', lines: [
    '# {company}', '{date}', 'Dear members and friends,', '{prose}', '{prose}', '?We would like to thank you for your generous support. {prose}', '?We hope to see you on {date}.', 'Best regards,', '{person}', '?Chair', '?{email}'] },
  { type: 'letter', lines: [
    'From: {person} <{email}>', 'To: {person} <{email}>', 'Sent: {date} {time}', 'Subject: {item}', 'Hi {firstName},', '{prose}', '?{prose}', '?Could you let me know by {date}?', 'Regards', '{firstName}'] },
  { type: 'form', lines: [
    '# APPLICATION FORM', '?For office use only', 'Please print in block capitals. Complete all sections.', 'Last name ____________ First name ____________ Middle initial ___', 'Date of birth __/__/____ □ Male □ Female', 'Address ____________________ Zip code ________', '?Telephone ____________ E-mail ____________',
    '?Check one: □ New □ Renewal □ Change', '?Have you ever applied before? □ Yes □ No', '?Section {small}: to be filled in by the employer', 'I certify that the information given is true and complete.', 'Signature of applicant ____________ Date ________', '?Form {code} (Rev. {year})'] },
  { type: 'form', lines: [
    '# Form {code}', 'Department of {word}', '?OMB No. {number}', 'Tax year {year}', '1 Wages, tips, other compensation', '2 Federal tax withheld', '?3 Enter the amount from line {small}', '?4 Add lines {small} and {small}', '5 Social security number', '?6 Check all that apply □ a □ b □ c', 'Your first name and initial Last name',
    '?See the instructions', 'Under penalties of perjury I declare that I have examined this return. Sign here'] },
  { type: 'form', lines: [
    '# Consent form', 'Patient name: ____________________ Date of birth: ____________', 'I hereby give my consent to {item}.', '?Do you have allergies? Yes No', '?Are you currently taking any medication? Yes No', '?Emergency contact: ____________ Phone: ____________', 'Signature of parent or guardian ____________', 'Date ____________', '?Please return this questionnaire to {company}.'] },
  { type: 'contract-legal', lines: [
    '# {contractTitle} AGREEMENT', 'This agreement is made as of {date} (the "Effective Date") by and between {company} ("Licensor") and {company} ("Licensee").', 'WHEREAS the parties wish to agree on {item};', 'NOW, THEREFORE, the parties hereby agree as follows:', '1. Definitions. In this agreement the following terms shall have the meaning given herein.',
    '2. Term and termination. Either party may terminate this agreement upon {small} days written notice.', '?3. Confidentiality. Neither party shall disclose confidential information.', '?4. Limitation of liability. In no event shall either party be liable for indirect damages.', '?5. Governing law. This agreement shall be governed by the laws of {city}.', 'IN WITNESS WHEREOF the parties have executed this agreement.', '?By: ____________ Name: {person}'] },
  { type: 'contract-legal', lines: [
    '# IN THE COURT OF APPEALS', 'No. {number}', '{person}, Plaintiff-Appellant, v. {company}, Defendant-Appellee.', 'Appeal from the district court of {city}, Judge {lastName}', '?OPINION', 'The appellant contends that the trial court erred. {prose}', 'We review the judgment de novo. See {lastName} v. {lastName}, {small} F.3d {small} (Cir. {year}).', '?The court held that the statute does not apply, § {small}({small}).',
    '?The motion for summary judgment was granted.', 'For the foregoing reasons we affirm the judgment of the district court.', '?IT IS SO ORDERED.'] },
  { type: 'contract-legal', lines: [
    '# Terms of service', 'Last updated {date}', 'These terms govern your use of the services of {company}. By using the services you agree to these terms.', '1. Acceptance of terms. {prose}', '2. User obligations. You shall not misuse the services.', '?3. Intellectual property. All rights are reserved.', '?4. Disclaimer of warranties. The services are provided as is without warranty of any kind.', '?5. Indemnification.', '?6. Arbitration and jurisdiction.'] },
  { type: 'resume', lines: [
    '# {person}', '{email} {phone} {city}', '?github.com/{word} linkedin.com/in/{word}', '?Summary: experienced {job} with {small} years in {word}', 'Experience', '*{company}, {job}, {year} - {year}', 'Led a team of {small}. {prose}', 'Education', '{company} University, Bachelor of Science, {year}', 'Skills', 'Python, Java, SQL, project management', '?Languages: English, French', '?Awards {year}', '?References available upon request'] },
  { type: 'manual-datasheet', lines: [
    '# {product} User Guide', '?Version {small}.{small}', 'Contents', '1 Installation', '2 Configuration', '3 Troubleshooting', 'To install the {product}, connect the cable and press the power button.', 'Click Settings and select the option {word}.', '?WARNING: risk of electric shock. Disconnect power before servicing.', '?Note: the default value is {small}.', '*Press the {word} button to change the {word} parameter.', '?If the LED does not light up, see section {small}.{small}.'] },
  { type: 'manual-datasheet', lines: [
    '# {product} Data sheet', 'Features', '*{item}, {small} mm', 'Technical specifications', 'Operating voltage {small} V', 'Dimensions {qty} x {qty} x {qty} mm', '?Operating temperature -20 to {small} °C', '?Maximum power {qty} kW', 'Weight {qty} kg', '?Ordering information: model {code}', '?Specifications are subject to change without notice.'] },
  { type: 'slides', lines: [
    '# {item}', '{person}, {company}', '?{city}, {date}', 'Agenda', '• Why {word}?', '• Goals', '*• {short}', '?Architecture overview', '*• {short}', '?Demo', 'Summary', '• {short}', 'Next steps', '?Questions?', '?Thank you'] },
  { type: 'news-newsletter', lines: [
    '# The {company} Newsletter', 'Volume {small}, issue {small}, {month} {year}', 'In this issue', '*{short} ... {small}', 'From the editor', '{prose}', '?Upcoming events: {date} {short}, {city}', '"We are very proud," said {person}, {job} of {company}. {prose}', '?Photo: {person}', '?Welcome to our new members {person} and {person}.', '?To subscribe write to {email}.'] },
  { type: 'news-newsletter', lines: [
    '# {short} in {city}', 'By {person}, {date}', '{city} - {prose}', '{prose} he said on Tuesday.', '?The announcement comes after months of talks, officials told reporters.', '?According to {company}, prices rose {percent} last week.', '?Related stories', '?Share this article', '?Press release. Contact: {person}, {phone}'] },
  { type: 'report', lines: [
    '# {item} Report {year}', 'Prepared by {company} for {company}', '?{date}', 'Table of contents', 'Executive summary', 'This report presents the findings of the assessment of {item}. {prose}', '1 Introduction', '?2 Methodology', '2 Findings', '*{prose}', '?Figure {small}: {short}, {percent}', '3 Recommendations', '*{prose}', '?Appendix A'] },
  { type: 'report', lines: [
    '# Minutes of the meeting of {date}', 'Present: {person}, {person}, {person}', '?Apologies: {person}', '1. Approval of the minutes', '2. {short}', '{prose}', '?Action: {person} by {date}', '?Status: {percent} complete', '?Any other business', '?The meeting closed at {time}.'] },
  { type: 'invoice', lines: [
    '# INVOICE', 'Invoice number {number}', 'Invoice date {date}', '?Due date {date}', '{company} {street} {city}', 'Bill to: {company} {city}', 'Description Quantity Unit price Amount', '*{item} {qty} {amount} {amount}', 'Subtotal {amount}', 'VAT {percent} {amount}', 'Amount due {money}', '?Please pay within 30 days to IBAN {iban}', '?VAT no. {code}', '?Payment terms: net 14 days'] },
  { type: 'other', lines: [
    '# BOARDING PASS', 'Passenger {person}', 'Flight {code} {city} - {city}', 'Date {date} Departure {time}', 'Gate {small} Seat {small}A', '?Boarding closes 20 minutes before departure', '?Booking reference {code}', '?E-ticket {number}'] },
  { type: 'other', lines: [
    '# {short}', 'Recipe for {small} persons', 'Ingredients', '*{qty} g {word}', 'Preparation', '{prose}', '?Bake for {small} minutes.', '?Serve with {word}.'] },
  { type: 'other', lines: [
    '# Certificate of attendance', 'This is to certify that {person} has attended {item} in {city} on {date}.', '?{company}', '?Signed {person}', '?Duration {small} hours'] },
  { type: 'other', lines: [
    '# ESTIMATE', 'Estimate no. {number} prepared for {person}', '{company}', 'Labour and parts', '*{item} {qty} {amount}', 'Estimated total {money}', '?This quotation is valid until {date} and is not a bill.', '?Vehicle {word} mileage {number}'] },
  { type: 'other', lines: [
    '# {short}', 'From Wikipedia, the free encyclopedia', '{short} is a {word} in {city}. {prose}', 'History', '{prose}', '?See also', 'References', '?This page was last modified on {date}. Retrieved from {word}'] },
]; // prettier-ignore
